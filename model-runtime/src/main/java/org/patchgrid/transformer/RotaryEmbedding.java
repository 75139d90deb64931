package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.patchgrid.kernel.NativeArrays;
import org.patchgrid.kernel.TensorOps;

/**
 * Rotary position embedding (Su et al. 2021) in Hugging Face's layout: dimension i turns together
 * with dimension i + head width / 2.
 */
final class RotaryEmbedding {
  private final double[] frequencies; // [head width / 2], radians a position
  private final int headWidth;

  RotaryEmbedding(RotaryConfig config, int headWidth) {
    this.headWidth = headWidth;
    this.frequencies = new double[headWidth / 2];
    for (int i = 0; i < frequencies.length; i++) {
      double frequency = Math.pow(config.theta(), -2.0 * i / headWidth);
      frequencies[i] = config.scaling().scale(frequency);
    }
  }

  /** Angles in double precision, rounded once; arrays of {@code manager}. */
  SequenceTables tables(NDManager manager, int length, TensorOps ops) {
    float[] cosine = new float[length * headWidth];
    float[] sine = new float[length * headWidth];
    float[] mask = new float[length * length];
    for (int position = 0; position < length; position++) {
      for (int i = 0; i < headWidth; i++) {
        double angle = position * frequencies[i % frequencies.length];
        cosine[position * headWidth + i] = (float) Math.cos(angle);
        sine[position * headWidth + i] = (float) Math.sin(angle);
      }
      for (int key = position + 1; key < length; key++) {
        mask[position * length + key] = Float.NEGATIVE_INFINITY;
      }
    }
    return new SequenceTables(
        length,
        ops.narrow(NativeArrays.of(manager, cosine, length, headWidth)),
        ops.narrow(NativeArrays.of(manager, sine, length, headWidth)),
        NativeArrays.of(manager, mask, length, length));
  }

  /** Turns [row, head, position, head width] by its positions. */
  NDArray rotate(NDArray x, SequenceTables tables) {
    int half = headWidth / 2;
    NDArray first = x.get("..., :{}", half);
    NDArray second = x.get("..., {}:", half);
    NDArray turned = second.neg().concat(first, -1);
    return x.mul(tables.cosine()).addi(turned.muli(tables.sine()));
  }
}
