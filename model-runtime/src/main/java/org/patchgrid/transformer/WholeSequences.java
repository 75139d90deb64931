package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;
import java.util.stream.LongStream;

/** Every sequence has every token, one sequence after the other: a plain batch. */
public record WholeSequences(SequenceTables tables) implements Sequences {
  @Override
  public long[] positions(int tokens) {
    return LongStream.range(0, tokens).map(token -> token % tables.length()).toArray();
  }

  @Override
  public NDArray sequences(NDArray tokens, int heads) {
    long headWidth = tokens.getShape().get(1) / heads;
    return swapped(tokens.reshape(-1, tables.length(), heads, headWidth));
  }

  @Override
  public NDArray tokens(NDArray sequences) {
    long width = sequences.getShape().get(1) * sequences.getShape().get(3);
    return swapped(sequences).reshape(-1, width);
  }

  /** With the two middle axes swapped, in memory too. */
  private static NDArray swapped(NDArray x) {
    NDArray view = x.swapAxes(1, 2);
    return view.reshape(-1).reshape(view.getShape());
  }

  @Override
  public NDArray last(NDArray tokens) {
    return tokens.reshape(-1, tables.length(), tokens.getShape().get(1)).get(":, -1");
  }
}
