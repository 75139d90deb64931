package org.patchgrid.execute;

import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.patchgrid.study.Device;
import org.patchgrid.study.PatchgridException;

/** Which GPU of its machine Spark has given to the running task. */
final class TaskGpu {
  private static final String RESOURCE = "gpu";

  /** The only one of most machines. */
  static final int FIRST = 0;

  private TaskGpu() {}

  /**
   * The number, from 0; the first where Spark does not deal out GPUs, and on the CPU.
   *
   * @throws PatchgridException if Spark names the GPU by something else than a number
   */
  static int of(Device device) {
    return switch (device) {
      case CPU -> FIRST;
      case GPU -> number(TaskContext.get().resourcesJMap());
    };
  }

  static int number(Map<String, ResourceInformation> resources) {
    ResourceInformation gpu = resources.get(RESOURCE);
    if (gpu == null || gpu.addresses().length == 0) {
      return FIRST;
    }
    String address = gpu.addresses()[0];
    try {
      return Integer.parseInt(address);
    } catch (NumberFormatException e) {
      throw new PatchgridException(
          "Spark calls this task's GPU '%s', which is not a number from 0: let Spark discover GPUs by bin/spark-gpus (conf/spark/gpu.conf)"
              .formatted(address),
          e);
    }
  }

  /**
   * An executor's model lives on one GPU.
   *
   * @throws PatchgridException if this task was given another than the model's
   */
  static void requireSame(int gpu, int ofModel) {
    if (gpu != ofModel) {
      throw new PatchgridException(
          "This executor was given GPU %d and GPU %d: start one executor a GPU, with spark.executor.resource.gpu.amount = 1"
              .formatted(ofModel, gpu));
    }
  }
}
