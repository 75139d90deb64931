package org.patchgrid.experiment;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;

/** The engine for tests without a model. */
public final class TestEngine {
  private TestEngine() {}

  /**
   * A manager to close. The test may be the first to load the engine: one thread, as a model has.
   */
  public static NDManager newManager() {
    System.setProperty("ai.djl.pytorch.num_threads", "1");
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    return Engine.getEngine("PyTorch").newBaseManager(Device.cpu());
  }
}
