package org.patchgrid.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.patchgrid.checkpoint.ElementType;
import org.patchgrid.estimate.ExecutorMemory;
import org.patchgrid.experiment.ModelExamination;
import org.patchgrid.kernel.NativeLibraries;
import org.patchgrid.kernel.TensorKernels;
import org.patchgrid.study.CacheDirectory;
import org.patchgrid.study.Component;
import org.patchgrid.study.Device;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.tokenize.TokenizerBehaviour;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Are this machine and this model fit? */
@Command(
    name = "doctor",
    description =
        "Say what this machine has, whether Spark starts here, what a model is and takes, and"
            + " whether a study could run; names all that has to be mended.",
    footer = {
      "  ./patchgrid doctor",
      "  ./patchgrid doctor --model data/models/atlas-6l",
      "  ./patchgrid doctor --study conf/studies/demo.conf --out results/demo"
    })
final class DoctorCommand extends PatchgridCommand {
  private static final String THREADS = "OMP_NUM_THREADS";
  private static final String ADDRESS = "SPARK_LOCAL_IP";

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "model directory, a URI of one, or hf:ORG/NAME")
  private @Nullable String model;

  @Option(
      names = "--study",
      paramLabel = "STUDY.conf",
      description = "look at all that a run of this study needs, and run nothing")
  private @Nullable String study;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "where its results would go (default: the study's output.path)")
  private @Nullable String output;

  @Mixin private SettingOptions changes = new SettingOptions();

  @Override
  int run() throws IOException {
    Checkup checkup = new Checkup(out());
    machine(checkup);
    Optional<String> given = Optional.ofNullable(model);
    if (given.isPresent()) {
      checkup.run(() -> model(ModelExamination.of(ModelOption.directory(given.get())), checkup));
    }
    Optional<String> file = Optional.ofNullable(study);
    if (file.isPresent()) {
      checkup.run(
          () ->
              new StudyCheckup(
                      Studies.read(file.get(), changes.settings(), Optional.ofNullable(output)))
                  .run(checkup));
    } else if (output != null || changes.areGiven()) {
      throw new PatchgridException("--out and --set are of a study: name it by --study");
    }
    checkup.end();
    return ExitCode.DONE;
  }

  private static void machine(Checkup checkup) throws IOException {
    int cores = Runtime.getRuntime().availableProcessors();
    checkup.say("java", System.getProperty("java.version") + ", " + System.getProperty("os.arch"));
    checkup.check(
        "cores", () -> MachineCheckup.cores(cores, Optional.ofNullable(System.getenv(THREADS))));
    checkup.check(
        "library",
        () -> {
          NativeLibraries.here().ifPresent(NativeLibraries::requireUsable);
          return TensorKernels.describe(TensorKernels.best(), Dtype.FLOAT32, Device.CPU);
        });
    checkup.say("temporary space", space(Path.of(System.getProperty("java.io.tmpdir"))));
    checkup.check("cache", () -> MachineCheckup.cache(CacheDirectory.ofThisMachine()));
    checkup.say("heap", DiskSpace.megabytes(Runtime.getRuntime().maxMemory()) + " at most");
    checkup.run(() -> spark(checkup));
  }

  private static void spark(Checkup checkup) throws IOException {
    SparkHere.requireScratch();
    for (Path directory : SparkHere.scratchDirectories()) {
      checkup.say("spark scratch", space(directory));
    }
    checkup.say(
        "SPARK_HOME", SparkHere.distribution(Optional.ofNullable(System.getenv("SPARK_HOME"))));
    String address = System.getenv(ADDRESS);
    if (address != null
        && !checkup.check(ADDRESS.toLowerCase(Locale.ROOT), () -> SparkHere.address(address))) {
      return; // Spark would try sixteen ports in vain
    }
    checkup.flush(); // what stops Spark is said below
    checkup.say("spark", Studies.tryLocalSpark() + ", starts here and runs a job");
  }

  private static String space(Path directory) throws IOException {
    return "%s free in %s".formatted(DiskSpace.megabytes(DiskSpace.free(directory)), directory);
  }

  private static void model(ModelExamination found, Checkup checkup) throws IOException {
    ModelStructure structure = found.config().structure();
    checkup.say("model", structure.name());
    checkup.say("family", found.modelType());
    checkup.say(
        "sizes",
        "%d layers, width %d, %d query and %d key-value heads of %d, MLP %d, vocabulary %d"
            .formatted(
                structure.layers(),
                structure.modelWidth(),
                structure.queryHeads(),
                structure.keyValueHeads(),
                structure.headWidth(),
                structure.mlpWidth(),
                structure.vocabularySize()));
    checkup.say(
        "positions",
        found.config().longestPrompt() == Integer.MAX_VALUE
            ? "made for %d, more can be run".formatted(found.config().maxPositions())
            : "%d at most".formatted(found.config().maxPositions()));
    checkup.say(
        "components",
        structure.components().stream().map(Component::roleName).collect(Collectors.joining(", ")));
    checkup.say(
        "weights",
        "%s in %d file%s"
            .formatted(stored(found.storedBytes()), found.files(), found.files() == 1 ? "" : "s"));
    checkup.say("quantisation", found.quantization().orElse("none"));
    tokenizer(found.tokenizer(), checkup);
    found
        .kernels()
        .forEach(
            kernel ->
                checkup.say(
                    "kernel " + kernel.kernel().label(),
                    kernel.keepsRows()
                        ? "a row keeps its bits whatever runs beside it"
                        : "a row's bits depend on the rows beside it"));
    checkup.say("plain weights", sharing(found.sharedBytes()));
    found
        .memory()
        .forEach((dtype, memory) -> checkup.say("memory " + dtype.label(), describe(memory)));
  }

  /** Of a model that is not there yet. */
  private static String sharing(long bytes) throws IOException {
    Path directory = CacheDirectory.sharedWeights();
    long free = DiskSpace.free(directory);
    return bytes <= free
        ? "%s, one copy for all executors of a host, in %s"
            .formatted(DiskSpace.megabytes(bytes), directory)
        : "%s for each executor, since only %s are free for one copy in %s"
            .formatted(DiskSpace.megabytes(bytes), DiskSpace.megabytes(free), directory);
  }

  private static void tokenizer(TokenizerBehaviour tokenizer, Checkup checkup) {
    checkup.say(
        "tokenizer",
        tokenizer.added().isEmpty()
            ? "adds no token of its own"
            : "adds " + String.join(" ", tokenizer.added()));
    checkup.say(
        "round trip",
        tokenizer.roundTrips()
            ? "%d tokens spell the sentence again".formatted(tokenizer.tokens().size())
            : "'%s' comes back as '%s'".formatted(tokenizer.sentence(), tokenizer.decoded()));
  }

  private static String describe(ExecutorMemory memory) {
    return memory.describe()
        + ", for the guide's components and %d tokens".formatted(ModelExamination.TOKENS);
  }

  private static String stored(Map<ElementType, Long> bytes) {
    return bytes.entrySet().stream()
        .map(entry -> entry.getKey() + " " + DiskSpace.megabytes(entry.getValue()))
        .collect(Collectors.joining(", "));
  }
}
