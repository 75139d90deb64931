package org.patchgrid.execute;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.jspecify.annotations.Nullable;
import org.patchgrid.experiment.LoadedModel;
import org.patchgrid.experiment.ModelDescription;
import org.patchgrid.kernel.TensorKernels;
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
  private static @Nullable LoadedModel loaded;
  private static int loadedGpu;

  private ExecutorModel() {}

  /**
   * The model of {@code ref}. A load is counted and reported.
   *
   * @throws PatchgridException if the model cannot be loaded, or its files are not those that the
   *     driver saw
   */
  static LoadedModel get(
      ModelRef ref, Configuration hadoop, TaskCounters counters, TaskReports reports) {
    return get(
        ref,
        hadoop,
        sharedWeights(),
        took -> {
          counters.loaded(took);
          reports.add(new TaskReport.ModelLoaded(SparkEnv.get().executorId(), took.toMillis()));
        });
  }

  /** Where executors of a host keep one copy of the weights; a local master has none to share. */
  private static Optional<Path> sharedWeights() {
    return ExecutorProblems.isLocal()
        ? Optional.empty()
        : Optional.of(CacheDirectory.sharedWeights());
  }

  private static synchronized LoadedModel get(
      ModelRef ref, Configuration hadoop, Optional<Path> shared, Consumer<Duration> onLoad) {
    LoadedModel model = loaded;
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
    HostedModel hosted = ref.location().onThisHost(hadoop);
    requireSameFiles(ref, hosted.description());
    requireSameKernel(ref);
    Path directory = hosted.directory();
    LoadedModel fresh =
        LoadedModel.load(
            directory,
            ref.kernel(),
            ref.dtype(),
            ref.device(),
            gpu,
            shared.map(weights -> weights.resolve(ref.fingerprint())));
    loaded = fresh;
    loadedRef = ref;
    loadedGpu = gpu;
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    log.info("Loaded {} in {} ms", directory, took.toMillis());
    onLoad.accept(took);
    return fresh;
  }

  private static void requireSameFiles(ModelRef ref, ModelDescription found) {
    if (!found.fingerprint().equals(ref.fingerprint())) {
      throw new PatchgridException(
          "The model in "
              + ref.location().name()
              + " is another one on this executor than on the driver: give every host the same"
              + " files");
    }
  }

  private static void requireSameKernel(ModelRef ref) {
    String here = TensorKernels.describe(ref.kernel(), ref.dtype(), ref.device());
    if (!here.equals(ref.kernelThere())) {
      throw new PatchgridException(
          "This executor would compute with '%s' and the study is computed with '%s', which gives other bits: give executors the driver's native libraries and, with model.device = gpu, its kind of GPU"
              .formatted(here, ref.kernelThere()));
    }
  }
}
