package org.patchgrid.experiment;

import java.util.stream.LongStream;
import org.patchgrid.study.ModelStructure;

/**
 * How much memory a wave takes where it takes most, which is inside a layer: all that a layer makes
 * is freed at its end. Counts the arrays that {@code TransformerBlock}, {@code Attention} and
 * {@code Mlp} have alive at once; no tensors.
 *
 * @param length T, positions of every row
 */
record LayerMemory(ModelStructure structure, int length) {
  /** Bytes that are alive at once in a pass over so many tokens, which are of so many rows. */
  long bytes(long tokens, long rows) {
    return bytes(tokens, rows, rows * length * length * structure.queryHeads());
  }

  /**
   * Bytes that the process takes for that. The C library keeps what is freed, as much again: values
   * grow as rows join, so that a freed one is a little too small for the next. Patterns are of one
   * size in every layer, or so large that the library gives them back.
   */
  long residentBytes(long tokens, long rows) {
    return bytes(tokens, rows) + bytes(tokens, rows, 0);
  }

  private long bytes(long tokens, long rows, long patterns) {
    long width = structure.modelWidth();
    long queryWidth = (long) structure.queryHeads() * structure.headWidth();
    long keyValueWidth = (long) structure.keyValueHeads() * structure.headWidth();
    long positions = rows * length;
    long beforeAttention = 2 * tokens * width; // the stream and its norm
    long projections = tokens * (queryWidth + 2 * keyValueWidth);
    // whole sequences of queries, their halves swapped, and both products of the rotation
    long rotation = projections + 7 * positions * queryWidth / 2;
    // values of the tokens, whole sequences of keys; scores and their softmax
    long softmax = tokens * keyValueWidth + positions * keyValueWidth + 2 * patterns;
    // whole sequences of keys and values, what the heads mix, that of the tokens, the output
    long mixing =
        2 * positions * keyValueWidth
            + patterns
            + positions * queryWidth
            + tokens * (queryWidth + 2 * width);
    // stream, the same for the tokens by now, both outputs, sum, norm; gate, up, their product, and
    // one of them again for rows that join
    long mlp = tokens * (7 * width + 4L * structure.mlpWidth());
    long layer =
        LongStream.of(
                beforeAttention + rotation,
                beforeAttention + softmax,
                beforeAttention + mixing,
                mlp)
            .max()
            .orElseThrow();
    long tables = (long) length * length + 2L * length * structure.headWidth();
    return Float.BYTES * (layer + tables);
  }
}
