package org.patchgrid.execute;

import java.util.Locale;
import org.apache.spark.SparkConf;
import org.patchgrid.estimate.ExecutorMemory;
import org.patchgrid.study.PatchgridException;

/**
 * Whether executors may take the memory that a study needs beside Java's heap, where a cluster ends
 * those that take more (YARN, Kubernetes).
 */
record ExecutorOverhead(SparkConf conf) {
  private static final String OVERHEAD = "spark.executor.memoryOverhead";
  private static final String FACTOR = "spark.executor.memoryOverheadFactor";
  private static final double DEFAULT_FACTOR = 0.1;
  private static final long LEAST_MEBIBYTES = 384;

  /** What a JVM takes beside its heap and our arrays: code, stacks, the libraries themselves. */
  private static final long JAVA_MEBIBYTES = 300;

  private static final int MEBIBYTE = 1 << 20;

  /**
   * @throws PatchgridException with the setting to use, if executors would be ended
   */
  void requireEnoughFor(ExecutorMemory memory) {
    String master = conf.get("spark.master", "");
    if (!master.startsWith("yarn") && !master.startsWith("k8s")) {
      return;
    }
    int tasks =
        Math.max(1, conf.getInt("spark.executor.cores", 1) / conf.getInt("spark.task.cpus", 1));
    long needed = memory.hostBytes(tasks) / MEBIBYTE + JAVA_MEBIBYTES;
    long given = given();
    if (given < needed) {
      throw new PatchgridException(
          String.format(
              Locale.ROOT,
              "Executors may take %,d MiB beside Java's heap and this study needs %,d MiB with %d tasks at once, so that %s would end them: give --conf %s=%dm",
              given,
              needed,
              tasks,
              master.startsWith("yarn") ? "YARN" : "Kubernetes",
              OVERHEAD,
              needed));
    }
  }

  /** As Spark computes it. */
  private long given() {
    double factor = conf.getDouble(FACTOR, DEFAULT_FACTOR);
    long heap = conf.getSizeAsMb("spark.executor.memory", "1g");
    return conf.contains(OVERHEAD)
        ? conf.getSizeAsMb(OVERHEAD)
        : Math.max(LEAST_MEBIBYTES, Math.round(factor * heap));
  }
}
