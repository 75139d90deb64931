package org.patchgrid.execute;

import org.apache.spark.SparkConf;

/** What Patchgrid wants of Spark. Fills in what the user left open and overrides nothing. */
public final class SparkSettings {
  private SparkSettings() {}

  /** Settings of a driver that was not started by spark-submit. */
  public static SparkConf embedded(SparkConf conf, String master) {
    conf.setIfMissing("spark.master", master);
    conf.setIfMissing("spark.app.name", "patchgrid");
    conf.setIfMissing("spark.ui.enabled", "false");
    // Of pages that nobody can look at, Spark would keep some kilobytes for each of 100,000 tasks.
    conf.setIfMissing("spark.ui.retainedTasks", "1000");
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    // Executors of a cluster on this machine find our classes where we found them.
    conf.setIfMissing("spark.executor.extraClassPath", System.getProperty("java.class.path"));
    return everywhere(conf);
  }

  /** Settings of any driver. */
  public static SparkConf everywhere(SparkConf conf) {
    // One thread of arithmetic a task: libraries that start more would fight for the cores.
    conf.setIfMissing("spark.executorEnv.OMP_NUM_THREADS", "1");
    conf.setIfMissing("spark.executorEnv.MKL_NUM_THREADS", "1");
    return conf;
  }
}
