package org.patchgrid.wave;

import java.util.stream.LongStream;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.transformer.SequenceTables;

/**
 * How much memory a wave takes where it takes most, which is inside a layer: all that a layer makes
 * is freed at its end. Counts the arrays that {@code TransformerBlock}, {@code Attention} and
 * {@code Mlp} have alive at once; no tensors.
 *
 * @param length T, positions of every row
 */
public record LayerMemory(ModelStructure structure, int length) {
  /** An estimate: the guide's twelve, whose rows join seven times a layer, keep twice as much. */
  private static final double KEPT_A_JOIN = 1.0 / 6;

  /** Bytes that are alive at once in a pass over so many tokens, which are of so many rows. */
  public long bytes(long tokens, long rows) {
    return bytes(tokens, AttendedTokens.atMost(tokens, rows, length), patternWidth());
  }

  private long patternWidth() {
    return (long) length * structure.queryHeads();
  }

  /**
   * Bytes that the process takes for that. The C library keeps what is freed, as much again, since
   * a freed value is a little too small for the next; and more where values grow often. Patterns
   * are so large that the library gives them back, or so small that they do not count.
   *
   * @param joins how often rows join within a layer
   */
  public long residentBytes(long tokens, AttendedTokens attended, int joins) {
    double kept = 1 + Math.max(0, joins - 1) * KEPT_A_JOIN;
    return bytes(tokens, attended, patternWidth()) + (long) (kept * bytes(tokens, attended, 0));
  }

  /** The same of one whole prompt by itself. */
  public long residentBytes() {
    return residentBytes(length, AttendedTokens.atMost(length, 1, length), 0);
  }

  /**
   * @param patternWidth of a token
   */
  private long bytes(long tokens, AttendedTokens attended, long patternWidth) {
    long width = structure.modelWidth();
    long queryWidth = structure.queryWidth();
    long keyValueWidth = structure.keyValueWidth();
    long queries = attended.tiles() * SequenceTables.tile(length);
    long keys = attended.tiles() * length;
    long beforeAttention = 2 * tokens * width; // the stream and its norm
    long projections = tokens * (queryWidth + 2 * keyValueWidth);
    // queries with their halves swapped, and both products of the rotation
    long rotation = projections + 5 * tokens * queryWidth / 2;
    // all three projections; tiles of queries and keys, their products by tile and by token
    long products =
        projections
            + queries * (queryWidth + patternWidth)
            + keys * keyValueWidth
            + attended.tokens() * patternWidth;
    // scores and their softmax, masks
    long softmax = tokens * keyValueWidth + attended.tokens() * (2 * patternWidth + length);
    // values of the tokens and of the tiles, patterns of both, what the heads mix, of both
    long mixing =
        tokens * keyValueWidth
            + keys * keyValueWidth
            + (attended.tokens() + queries) * (patternWidth + queryWidth);
    long output = tokens * (queryWidth + 2 * width);
    // stream, the same for the tokens by now, both outputs, sum, norm; gate, up, their product, and
    // one of them again for rows that join
    long mlp = tokens * (7 * width + 4L * structure.mlpWidth());
    long layer =
        LongStream.of(
                beforeAttention + rotation,
                beforeAttention + products,
                beforeAttention + softmax,
                beforeAttention + mixing,
                beforeAttention + output,
                mlp)
            .max()
            .orElseThrow();
    long tables = (long) length * length + 2L * length * structure.headWidth();
    return Float.BYTES * (layer + tables);
  }
}
