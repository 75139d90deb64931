package org.patchgrid.hook;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.patchgrid.kernel.NativeArrays;
import org.patchgrid.study.HookPoint;

/** Adds to the embeddings of some tokens; all others keep their bits. */
public final class EmbeddingNoise implements Hooks {
  private final int width;
  private final Map<Integer, float[]> byToken = new HashMap<>();

  public EmbeddingNoise(int width) {
    this.width = width;
  }

  /**
   * Sets what is added to a token.
   *
   * @param token its place among those of the pass
   * @param values [width]
   */
  public void put(int token, float[] values) {
    if (values.length != width) {
      throw new IllegalArgumentException(values.length + " values of noise for " + width);
    }
    byToken.put(token, values.clone());
  }

  @Override
  public NDArray embedded(NDArray value) {
    int tokens = Math.toIntExact(value.getShape().get(0));
    float[] added = new float[tokens * width];
    Arrays.fill(added, -0f); // keeps every bit, of a negative zero too
    byToken.forEach((token, values) -> System.arraycopy(values, 0, added, token * width, width));
    try (NDArray noise = NativeArrays.of(value.getManager(), added, tokens, width)) {
      return value.addi(noise);
    }
  }

  @Override
  public NDArray at(HookPoint point, NDArray value) {
    return value;
  }

  @Override
  public boolean watches(HookPoint point) {
    return false;
  }
}
