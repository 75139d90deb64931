package org.patchgrid.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.patchgrid.checkpoint.ElementType;
import org.patchgrid.experiment.ExecutorMemory;
import org.patchgrid.experiment.ModelExamination;
import org.patchgrid.kernel.NativeLibraries;
import org.patchgrid.kernel.TensorKernels;
import org.patchgrid.study.CacheDirectory;
import org.patchgrid.study.Component;
import org.patchgrid.study.Device;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.tokenize.TokenizerBehaviour;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Are this machine and this model fit? */
@Command(
    name = "doctor",
    description = "Say what this machine has and, of a model, what it is and takes here.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private static final double BYTES_A_MEGABYTE = 1e6;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "model directory, a URI of one, or hf:ORG/NAME")
  private @Nullable String model;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = Console.out(spec);
    machine(out);
    Optional<String> given = Optional.ofNullable(model);
    if (given.isPresent()) {
      out.flush(); // what is refused is said below
      model(ModelExamination.of(Models.directory(given.get())), out);
    }
    out.flush();
    return ExitCode.DONE;
  }

  private static void machine(PrintWriter out) throws IOException {
    NativeLibraries.here().ifPresent(NativeLibraries::requireUsable);
    line(out, "java", System.getProperty("java.version") + ", " + System.getProperty("os.arch"));
    line(out, "cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    line(out, "library", TensorKernels.describe(TensorKernels.best(), Dtype.FLOAT32, Device.CPU));
    line(out, "temporary space", space(Path.of(System.getProperty("java.io.tmpdir"))));
    line(out, "cache", CacheDirectory.ofThisMachine().toString());
  }

  private static String space(Path directory) throws IOException {
    FileStore store = Files.getFileStore(directory);
    return "%s free in %s".formatted(megabytes(store.getUsableSpace()), directory);
  }

  private static void model(ModelExamination found, PrintWriter out) {
    ModelStructure structure = found.config().structure();
    line(out, "model", structure.name());
    line(out, "family", found.modelType());
    line(
        out,
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
    line(
        out,
        "positions",
        found.config().longestPrompt() == Integer.MAX_VALUE
            ? "made for %d, more can be run".formatted(found.config().maxPositions())
            : "%d at most".formatted(found.config().maxPositions()));
    line(
        out,
        "components",
        structure.components().stream().map(Component::roleName).collect(Collectors.joining(", ")));
    line(
        out,
        "weights",
        "%s in %d file%s"
            .formatted(stored(found.storedBytes()), found.files(), found.files() == 1 ? "" : "s"));
    line(out, "quantisation", found.quantization().orElse("none"));
    tokenizer(found.tokenizer(), out);
    found
        .kernels()
        .forEach(
            kernel ->
                line(
                    out,
                    "kernel " + kernel.kernel().label(),
                    kernel.keepsRows()
                        ? "a row keeps its bits whatever runs beside it"
                        : "a row's bits depend on the rows beside it"));
    found
        .memory()
        .forEach((dtype, memory) -> line(out, "memory " + dtype.label(), describe(memory)));
  }

  private static void tokenizer(TokenizerBehaviour tokenizer, PrintWriter out) {
    line(
        out,
        "tokenizer",
        tokenizer.added().isEmpty()
            ? "adds no token of its own"
            : "adds " + String.join(" ", tokenizer.added()));
    line(
        out,
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
        .map(entry -> entry.getKey() + " " + megabytes(entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%,.1f MB", bytes / BYTES_A_MEGABYTE);
  }

  private static void line(PrintWriter out, String what, String value) {
    out.printf(Locale.ROOT, "%-16s %s%n", what, value);
  }
}
