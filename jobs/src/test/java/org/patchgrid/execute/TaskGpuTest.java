package org.patchgrid.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;
import org.patchgrid.study.Device;
import org.patchgrid.study.PatchgridException;

class TaskGpuTest {
  @Test
  void isTheOneThatSparkDealtOutOrElseTheFirst() {
    assertThat(TaskGpu.number(gpu("3"))).isEqualTo(3);
    assertThat(TaskGpu.number(gpu())).isZero();
    assertThat(TaskGpu.number(Map.of())).isZero();
    assertThat(TaskGpu.of(Device.CPU)).isZero();
  }

  @Test
  void whatSparkWasToldWronglyIsTheUsersToMend() {
    assertThatExceptionOfType(PatchgridException.class)
        .isThrownBy(() -> TaskGpu.number(gpu("GPU-8f2c")))
        .withMessage(
            "Spark calls this task's GPU 'GPU-8f2c', which is not a number from 0: let Spark discover GPUs by bin/spark-gpus (conf/spark/gpu.conf)");
    assertThatCode(() -> TaskGpu.requireSame(2, 2)).doesNotThrowAnyException();
    assertThatExceptionOfType(PatchgridException.class)
        .isThrownBy(() -> TaskGpu.requireSame(1, 0))
        .withMessage(
            "This executor was given GPU 0 and GPU 1: start one executor a GPU, with spark.executor.resource.gpu.amount = 1");
  }

  private static Map<String, ResourceInformation> gpu(String... addresses) {
    return Map.of("gpu", new ResourceInformation("gpu", addresses));
  }
}
