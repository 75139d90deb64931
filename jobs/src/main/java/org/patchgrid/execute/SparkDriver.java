package org.patchgrid.execute;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Reason;

/** Spark's context on the driver: its start, and its end where that comes from outside. */
public final class SparkDriver {
  private static final String STANDALONE = "spark://";
  private static final int CONNECT_MILLISECONDS = 10_000;

  private SparkDriver() {}

  /**
   * Starts Spark. A standalone master is looked for first: Spark itself tries for a minute, logs
   * stack traces, and then stops a context that it has already handed out.
   *
   * @throws PatchgridException if there is no such master, or Spark refuses a setting
   */
  public static JavaSparkContext start(SparkConf conf) {
    String master = conf.get("spark.master", "");
    requireReachable(master);
    try {
      return new JavaSparkContext(conf);
    } catch (Exception e) { // of many types, some of them unchecked by Scala
      throw new PatchgridException(
          "Cannot start Spark with master '%s': %s; check the master and Spark's settings"
              .formatted(master, Reason.of(e)),
          e);
    }
  }

  /** One of several masters is enough: the others may be waiting to take its place. */
  private static void requireReachable(String master) {
    if (!master.startsWith(STANDALONE)) {
      return;
    }
    List<String> reasons = new ArrayList<>();
    for (String address : master.substring(STANDALONE.length()).split(",", -1)) {
      URI uri;
      try {
        uri = URI.create(STANDALONE + address);
      } catch (IllegalArgumentException e) {
        return; // Spark says what is wrong with it
      }
      if (uri.getHost() == null || uri.getPort() < 0) {
        return; // the same
      }
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), CONNECT_MILLISECONDS);
        return;
      } catch (IOException e) {
        reasons.add(address + ": " + Reason.of(e));
      }
    }
    throw new PatchgridException(
        "Cannot reach a Spark master at '%s' (%s): check the address, that the master runs, and that this machine may connect to it"
            .formatted(master, String.join("; ", reasons)));
  }

  /**
   * Says so if what failed did because Spark has ended the application: its master was lost or not
   * one, or somebody killed the application there.
   *
   * @throws PatchgridException then
   */
  public static void requireRunning(JavaSparkContext spark, Exception failure) {
    if (failure instanceof PatchgridException || !spark.sc().isStopped()) {
      return;
    }
    throw new PatchgridException(
        "Spark ended the application on master '%s' before it was done: its master did not answer any more, or somebody ended it there (Spark's log says which); what is stored is kept, the same command resumes"
            .formatted(spark.master()),
        failure);
  }
}
