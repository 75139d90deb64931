package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.patchgrid.kernel.NativeArrays;
import org.patchgrid.kernel.TensorOps;

/**
 * Rotary position embedding (Su et al. 2021) of the first dimensions of a head; the others pass.
 *
 * <p>R is the number of dimensions that turn.
 */
final class RotaryEmbedding {
  private final RotaryConfig config;
  private final double[] frequencies; // [R / 2], radians a position

  RotaryEmbedding(RotaryConfig config) {
    this.config = config;
    this.frequencies = new double[config.width() / 2];
    for (int i = 0; i < frequencies.length; i++) {
      double frequency = Math.pow(config.theta(), -2.0 * i / config.width());
      frequencies[i] = config.scaling().scale(frequency);
    }
  }

  /** Angles in double precision, rounded once; arrays of {@code manager}. */
  Rotation rotation(NDManager manager, int length, TensorOps ops) {
    int width = config.width();
    float[] cosine = new float[length * width];
    float[] sine = new float[length * width];
    for (int position = 0; position < length; position++) {
      for (int i = 0; i < width; i++) {
        double angle = position * frequency(i);
        cosine[position * width + i] = (float) Math.cos(angle);
        sine[position * width + i] = (float) Math.sin(angle);
      }
    }
    return new Rotation(
        ops.narrow(NativeArrays.of(manager, cosine, length, width)),
        ops.narrow(NativeArrays.of(manager, sine, length, width)));
  }

  private double frequency(int dimension) {
    return switch (config.pairs()) {
      case HALVES -> frequencies[dimension % frequencies.length];
      case NEIGHBOURS -> frequencies[dimension / 2];
    };
  }

  /**
   * Turns [token, head, head width] by its positions.
   *
   * @param rotation of each token, [token, 1, R]
   */
  NDArray rotate(NDArray x, Rotation rotation, TensorOps ops) {
    int width = config.width();
    if (x.getShape().get(2) == width) {
      return turn(x, rotation, ops);
    }
    return turn(x.get("..., :{}", width), rotation, ops).concat(x.get("..., {}:", width), -1);
  }

  private NDArray turn(NDArray x, Rotation rotation, TensorOps ops) {
    return ops.rotated(config.pairs(), x, rotation.cosine(), rotation.sine());
  }
}
