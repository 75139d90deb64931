package org.patchgrid.execute;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.patchgrid.estimate.ExecutorMemory;
import org.patchgrid.study.Device;
import org.patchgrid.study.PatchgridException;

class ExecutorOverheadTest {
  private static final long MEBIBYTE = 1 << 20;
  private static final ExecutorMemory MEMORY =
      new ExecutorMemory(Device.CPU, 600 * MEBIBYTE, 0, 50 * MEBIBYTE, 100 * MEBIBYTE);

  private static SparkConf conf(String master) {
    return new SparkConf(false).set("spark.master", master).set("spark.executor.cores", "2");
  }

  @Test
  void isSaidWithTheSettingToUse() {
    assertThatThrownBy(() -> new ExecutorOverhead(conf("yarn")).requireEnoughFor(MEMORY))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Executors may take 384 MiB beside Java's heap and this study needs 1,150 MiB with 2 tasks at once, so that YARN would end them: give --conf spark.executor.memoryOverhead=1150m");
    assertThatThrownBy(
            () ->
                new ExecutorOverhead(conf("k8s://https://host").set("spark.executor.memory", "8g"))
                    .requireEnoughFor(MEMORY))
        .hasMessageStartingWith("Executors may take 819 MiB")
        .hasMessageContaining("Kubernetes");
  }

  @Test
  void isEnoughWithThatSettingOrWhereNobodyCounts() {
    SparkConf enough = conf("yarn").set("spark.executor.memoryOverhead", "1150m");
    assertThatCode(() -> new ExecutorOverhead(enough).requireEnoughFor(MEMORY))
        .doesNotThrowAnyException();
    for (String master : new String[] {"local[2]", "spark://host:7077"}) {
      assertThatCode(() -> new ExecutorOverhead(conf(master)).requireEnoughFor(MEMORY))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void ofAGpuOnlyTheTokenizerIsOnTheHost() {
    ExecutorMemory gpu =
        new ExecutorMemory(Device.GPU, 600 * MEBIBYTE, 0, 50 * MEBIBYTE, 100 * MEBIBYTE);
    assertThatCode(() -> new ExecutorOverhead(conf("yarn")).requireEnoughFor(gpu))
        .doesNotThrowAnyException();
  }
}
