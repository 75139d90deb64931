package org.patchgrid.study;

import java.io.Serializable;

/** What a sweep writes. */
public sealed interface PatchValue extends Serializable {
  PatchValue ACTIVATION = new Activation();
  PatchValue ZERO = new Zero();

  ValueKind kind();

  /** The source run's activation. */
  record Activation() implements PatchValue {
    @Override
    public ValueKind kind() {
      return ValueKind.ACTIVATION;
    }
  }

  /** Zeros. */
  record Zero() implements PatchValue {
    @Override
    public ValueKind kind() {
      return ValueKind.ZERO;
    }
  }

  /** The mean over the clean runs of the prompt set. */
  record Mean(MeanOver over) implements PatchValue {
    @Override
    public ValueKind kind() {
      return ValueKind.MEAN;
    }
  }

  /**
   * Nothing: what the source run's activation would do is estimated by gradients.
   *
   * @param steps runs between target and source whose gradients are averaged; {@link #AT_TARGET}
   *     takes the gradient of the target run alone
   */
  record Attribution(int steps) implements PatchValue {
    public static final int AT_TARGET = 0;

    public Attribution {
      if (steps < AT_TARGET) {
        throw new IllegalArgumentException("Invalid number of steps: " + steps);
      }
    }

    @Override
    public ValueKind kind() {
      return ValueKind.ATTRIBUTION;
    }
  }
}
