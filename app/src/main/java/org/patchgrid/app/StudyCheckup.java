package org.patchgrid.app;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.patchgrid.conf.StudyConfig;
import org.patchgrid.estimate.ExecutorMemory;
import org.patchgrid.execute.PlannedStudy;
import org.patchgrid.input.HadoopPaths;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.TokenizedPair;

/** Could this study run on this machine? Looks at all that a run would stumble over later. */
final class StudyCheckup {
  /** Of a row of cells in its file, compressed: about 30 in the studies of conf/studies. */
  private static final long BYTES_A_ROW = 40;

  private final StudyConfig config;
  private final Configuration hadoop = new Configuration();

  StudyCheckup(StudyConfig config) {
    this.config = config;
  }

  void run(Checkup checkup) throws IOException {
    PlannedStudy study = PlannedStudy.of(config, hadoop);
    checkup.say("study", "%s, %,d pairs".formatted(config.id(), study.plan().pairs()));
    checkup.check("usable pairs", () -> usablePairs(study.sampled()));
    checkup.check("memory", () -> memory(study.memory()));
    if (config.outputPath().isPresent()) {
      checkup.check("output", () -> output(study));
    }
  }

  private String usablePairs(List<TokenizedPair> sample) {
    List<TokenizedPair> unusable = sample.stream().filter(pair -> !pair.isUsable()).toList();
    if (unusable.isEmpty()) {
      return "all of %,d looked at".formatted(sample.size());
    }
    TokenizedPair first = unusable.get(0);
    throw new PatchgridException(
        String.format(
            Locale.ROOT,
            "%,d of %,d pairs looked at cannot be used, the first is '%s' (%s): %s; `patchgrid"
                + " prompts check %s --model %s` lists all",
            unusable.size(),
            sample.size(),
            first.pair().id(),
            first.status().label(),
            first.reason().orElse(""),
            config.prompts().path(),
            config.model().path()));
  }

  /** As {@code run} would, in local mode: a task a core. */
  private static String memory(ExecutorMemory memory) {
    int tasks = Runtime.getRuntime().availableProcessors();
    // Of the container, where there is one.
    long machine =
        ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
    return memory(memory.bytes(tasks), tasks, Runtime.getRuntime().maxMemory(), machine);
  }

  /** All but {@code tasks} in bytes. */
  static String memory(long needed, int tasks, long heap, long machine) {
    String figures =
        "%s for %d tasks at once beside Java's heap of at most %s, on a machine of %s"
            .formatted(
                DiskSpace.megabytes(needed),
                tasks,
                DiskSpace.megabytes(heap),
                DiskSpace.megabytes(machine));
    if (needed > machine) {
      throw new PatchgridException(
          "Too little memory: "
              + figures
              + "; run fewer tasks at once (--master 'local[1]'), set execution.batch-rows lower, or"
              + " take a larger machine");
    }
    return figures;
  }

  private String output(PlannedStudy study) throws IOException {
    study.requireOutput(hadoop);
    org.apache.hadoop.fs.Path path = HadoopPaths.parse("the output", study.outputPath());
    Optional<Path> local = local(path);
    if (local.isEmpty()) {
      return path + " holds nothing else";
    }
    Path there = DiskSpace.existing(local.get());
    if (!Files.isDirectory(there) || !Files.isWritable(there)) {
      throw new PatchgridException(
          "Cannot write results to '%s': %s is %s; choose another --out"
              .formatted(path, there, Files.isDirectory(there) ? "not yours to write" : "a file"));
    }
    long needed = study.plan().cells() * config.metrics().size() * BYTES_A_ROW;
    return space(path.toString(), needed, DiskSpace.free(there));
  }

  static String space(String directory, long needed, long free) {
    String figures =
        "%s, about %s of %s free"
            .formatted(directory, DiskSpace.megabytes(needed), DiskSpace.megabytes(free));
    if (needed > free) {
      throw new PatchgridException(
          "Too little space for results: " + figures + "; make room, or choose another --out");
    }
    return figures;
  }

  private Optional<Path> local(org.apache.hadoop.fs.Path path) throws IOException {
    org.apache.hadoop.fs.Path full = path.getFileSystem(hadoop).makeQualified(path);
    return "file".equals(full.toUri().getScheme())
        ? Optional.of(Path.of(full.toUri().getPath()))
        : Optional.empty();
  }
}
