package org.patchgrid.study;

/** The kernels that a study can be computed with. Each gives other bits. */
public enum Kernel implements HasLabel {
  /**
   * oneDNN's packed linear maps. A token's numbers have the same bits whatever is computed beside
   * it, so every engine gives the same bits.
   */
  ONEDNN,
  /** Plain array operations: on every platform, with bits that depend on the size of a batch. */
  PLAIN;

  /** Whether a row's bits are the same whatever runs beside it. */
  public boolean keepsRows() {
    return this == ONEDNN;
  }

  /** Whether its linear maps keep a copy of their weights in a form of their own. */
  public boolean packsWeights() {
    return this == ONEDNN;
  }

  /** Whether its weights there are plain float32 in the host's memory, as processes can share. */
  public boolean sharesWeightsOn(Device device) {
    return !packsWeights() && device == Device.CPU;
  }

  /** Whether it is there on {@code device}, in {@code dtype}. */
  public boolean runsOn(Device device, Dtype dtype) {
    return this == PLAIN || (device == Device.CPU && dtype == Dtype.FLOAT32);
  }
}
