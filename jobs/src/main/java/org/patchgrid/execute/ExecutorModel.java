package org.patchgrid.execute;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.jspecify.annotations.Nullable;
import org.patchgrid.experiment.TaskModel;
import org.patchgrid.study.CacheDirectory;
import org.patchgrid.study.PatchgridException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one model of an executor JVM: loaded by the first task that asks, shared by all, closed when
 * another model takes its place. When the JVM ends, the operating system takes the memory back:
 * closing it in a shutdown hook would free weights under tasks that still run. The only mutable
 * global state of the system.
 */
final class ExecutorModel {
  private static final Logger log = LoggerFactory.getLogger(ExecutorModel.class);

  private static @Nullable ModelRef loadedRef;
  private static @Nullable TaskModel loaded;
  private static int loadedGpu;

  private ExecutorModel() {}

  /**
   * The model of {@code ref}. A load is counted and reported.
   *
   * @throws PatchgridException if the model cannot be loaded, or its files are not those that the
   *     driver saw
   */
  static TaskModel get(
      ModelRef ref, Configuration hadoop, TaskCounters counters, TaskReports reports) {
    return get(
        ref,
        hadoop,
        sharedWeights(),
        took -> {
          counters.loaded(took);
          reports.add(new TaskReport.ModelLoaded(SparkEnv.get().executorId()));
        });
  }

  /** Where executors of a host keep one copy of the weights; a local master has none to share. */
  private static Optional<Path> sharedWeights() {
    return ExecutorProblems.isLocal()
        ? Optional.empty()
        : Optional.of(CacheDirectory.sharedWeights());
  }

  private static synchronized TaskModel get(
      ModelRef ref, Configuration hadoop, Optional<Path> shared, Consumer<Duration> onLoad) {
    TaskModel model = loaded;
    int gpu = TaskGpu.of(ref.device());
    if (model != null && ref.equals(loadedRef)) {
      TaskGpu.requireSame(gpu, loadedGpu);
      return model;
    }
    if (model != null) {
      model.close();
      loaded = null;
    }
    long start = System.nanoTime();
    StudyModel hosted = ref.location().onThisHost(hadoop);
    requireSameFiles(ref, hosted);
    TaskModel fresh = hosted.load(ref, gpu, shared);
    loaded = fresh;
    loadedRef = ref;
    loadedGpu = gpu;
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    log.info("Loaded {} in {} ms", ref.location().name(), took.toMillis());
    onLoad.accept(took);
    return fresh;
  }

  private static void requireSameFiles(ModelRef ref, StudyModel found) {
    if (!found.fingerprint().equals(ref.fingerprint())) {
      throw new PatchgridException(
          "The model in %s is another one on this executor than on the driver: give every host the same files"
              .formatted(ref.location().name()));
    }
  }
}
