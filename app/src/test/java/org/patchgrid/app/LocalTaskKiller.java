package org.patchgrid.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.jspecify.annotations.Nullable;

/**
 * Ends the process as soon as the study in {@link #OUTPUT} says that {@link TaskKiller#TASK} has
 * begun in it.
 */
public final class LocalTaskKiller implements SparkPlugin {
  /** A setting of Spark. */
  static final String OUTPUT = "spark.test.output";

  /** A task takes some milliseconds. */
  private static final long POLL_NANOSECONDS = 200_000;

  @Override
  public @Nullable DriverPlugin driverPlugin() {
    return null;
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorPlugin() {
      @Override
      public void init(PluginContext context, Map<String, String> extra) {
        Path staging = Path.of(context.conf().get(OUTPUT)).resolve("_staging");
        Thread watch = new Thread(() -> watch(staging, killedBefore(staging)), "task killer");
        watch.setDaemon(true);
        watch.start();
      }
    };
  }

  private static long killedBefore(Path staging) {
    return Files.isDirectory(staging) ? begun(staging) : 0;
  }

  private static void watch(Path staging, long before) {
    while (!Files.isDirectory(staging) || begun(staging) <= before) {
      LockSupport.parkNanos(POLL_NANOSECONDS);
    }
    Runtime.getRuntime().halt(TaskKiller.ABORTED);
  }

  private static long begun(Path staging) {
    long count = 0;
    try (DirectoryStream<Path> runs = Files.newDirectoryStream(staging)) {
      for (Path run : runs) {
        for (String kind : new String[] {"started-", "alone-"}) {
          count += Files.exists(run.resolve(kind + TaskKiller.TASK)) ? 1 : 0;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return count;
  }
}
