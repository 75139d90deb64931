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
}
