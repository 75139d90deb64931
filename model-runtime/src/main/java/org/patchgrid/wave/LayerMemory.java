package org.patchgrid.wave;

import java.util.stream.LongStream;
import org.patchgrid.study.Device;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.transformer.SequenceTables;

/**
 * How much memory a wave takes where it takes most, which is inside a layer: all that a layer makes
 * is freed at its end. Counts the arrays that {@code TransformerBlock}, {@code Attention} and
 * {@code Mlp} have alive at once; no tensors.
 *
 * @param length T, positions of every row
 * @param keepsPatterns whether attention makes the pattern of all tokens, which somebody sees; else
 *     it is there for a few tiles at a time
 */
public record LayerMemory(
    ModelStructure structure, int length, Device device, boolean keepsPatterns) {
  /** Prompts of so many tokens have a handful of rows in a wave. */
  private static final int LONG = 256;

  /** Bytes that are alive at once in a pass over so many tokens, which are of so many rows. */
  public long bytes(long tokens, long rows) {
    return bytes(tokens, AttendedTokens.atMost(tokens, rows, length), patternWidth());
  }

  private long patternWidth() {
    return keepsPatterns ? (long) length * structure.queryHeads() : 0;
  }

  /**
   * Bytes that the process takes for that: the C library keeps a part of what is freed. Patterns
   * are so large that it gives them back, or so small that they do not count.
   *
   * @param joins how often rows join within a layer
   */
  public long residentBytes(long tokens, AttendedTokens attended, int joins) {
    return bytes(tokens, attended, patternWidth())
        + (long) (kept(Math.max(1, joins)) * bytes(tokens, attended, 0));
  }

  /**
   * What the C library keeps, of what is alive. Where many rows join one after the other it is as
   * much again, since a freed value is a little too small for the next, and more where they join
   * often within a layer; where few do, less. An estimate of what processes took of ten models
   * (docs/performance.md): between two runs of one sweep it differs by a quarter.
   */
  private double kept(int joins) {
    return length < LONG || keepsPatterns
        ? 1 + (joins - 1) / 4.0
        : 0.55 + 0.2 * (Math.min(joins, 4) - 1);
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
    long gathering = projections + queries * 3 * queryWidth + tilesAtOnce(attended);
    long output = tokens * (queryWidth + 2 * width);
    // stream, the same for the tokens by now, both outputs, sum, norm; gate, up, their product, and
    // one of them again for rows that join: of all tokens, which where nobody looks inside is more
    // than is there at once
    long mlp = tokens * (7 * width + 4L * structure.mlpWidth());
    long attention =
        keepsPatterns ? LongStream.of(products, softmax, mixing).max().orElseThrow() : gathering;
    long layer =
        Math.max(
            beforeAttention + LongStream.of(rotation, attention, output).max().orElseThrow(), mlp);
    long tables = (long) length * length + 2L * length * structure.headWidth();
    return Float.BYTES * (layer + tables);
  }

  /** Scores, capped or masked, their softmax, masks, keys and values of a range of tiles. */
  private long tilesAtOnce(AttendedTokens attended) {
    long tiles =
        Math.min(
            attended.tiles(),
            SequenceTables.tilesAtOnce(length, structure.queryHeads(), device == Device.GPU));
    long queries = tiles * SequenceTables.tile(length);
    return queries * length * (3L * structure.queryHeads() + 1)
        + tiles * length * structure.keyValueWidth();
  }
}
