package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.patchgrid.model.Intervention.replaceWith;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.patchgrid.metric.Metric;
import org.patchgrid.model.LanguageModel;
import org.patchgrid.model.Trace;

/** Everything that docs/guide.md shows, run: commands in this JVM, Java in the JDK's jshell. */
class GuideTest {
  /** What a command prints of a run; layers are whole numbers. */
  private static final Pattern NUMBER = Pattern.compile("\\d+\\.\\d+");

  /** The guide was printed with AVX2; a processor with AVX-512 has other last bits. */
  private static final double LAST_DIGITS = 0.1;

  private static final String DEMO_MODEL = "data/models/atlas-6l";
  private static final String REAL_MODEL = "models/SmolLM2-135M-Instruct-4bit";
  private static final Pattern JAVA =
      Pattern.compile("```java\n(?<code>[^`]*)```\n\n```\n(?<output>[^`]*)```\n");
  private static final Path PAGE = SmallStudy.root().resolve("docs/guide.md");
  private static final String MARK = "-- end of a block --";

  /** Java that the page shows. */
  record ShownCode(String code, String output) {}

  static List<ShownCommand> commands() throws IOException {
    return ShownCommand.of(PAGE);
  }

  private static List<ShownCode> code() throws IOException {
    return JAVA.matcher(Files.readString(PAGE))
        .results()
        .map(block -> new ShownCode(block.group(1), block.group(2)))
        .toList();
  }

  @Test
  void nothingIsShownThatIsNotRun() throws IOException {
    String page = Files.readString(PAGE);
    long fences = page.lines().filter(line -> line.startsWith("```")).count();
    assertThat(fences).isEqualTo(2L * commands().size() + 4L * code().size());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void aCommandPrintsWhatIsShown(ShownCommand command) {
    if (command.line().contains(REAL_MODEL)) {
      assumeTrue(!realModel().isEmpty(), "needs -Dpatchgrid.real-model=DIR (bin/get-smollm2 DIR)");
    }
    String[] words =
        command.words().stream()
            .map(word -> word.equals(DEMO_MODEL) ? demoModel() : word)
            .map(word -> word.equals(REAL_MODEL) ? realModel() : word)
            .toArray(String[]::new);
    Ended ended = Ended.inProcess(words);
    String printed =
        Stream.concat(ended.output().lines(), ended.messages().stream())
            .map(String::stripTrailing)
            .collect(Collectors.joining("\n", "", "\n"));
    if (!command.line().contains(REAL_MODEL)) {
      assertThat(printed).isEqualTo(command.output());
      return;
    }
    assertThat(NUMBER.matcher(printed).replaceAll("#"))
        .isEqualTo(NUMBER.matcher(command.output()).replaceAll("#"));
    assertThat(numbers(printed))
        .usingElementComparator((a, b) -> Math.abs(a - b) <= LAST_DIGITS ? 0 : Double.compare(a, b))
        .isEqualTo(numbers(command.output()));
  }

  private static List<Double> numbers(String text) {
    return NUMBER.matcher(text).results().map(found -> Double.valueOf(found.group())).toList();
  }

  @Test
  void theJavaPrintsWhatIsShown(@TempDir Path directory) throws IOException, InterruptedException {
    List<ShownCode> blocks = code();
    Path script = directory.resolve("guide.jsh");
    String end = "System.out.println(\"" + MARK + "\");\n";
    Files.writeString(
        script,
        blocks.stream().map(block -> block.code() + end).collect(Collectors.joining()) + "/exit\n");
    Path output = directory.resolve("output.txt");
    Path errors = directory.resolve("errors.txt");
    Files.createDirectories(directory.resolve(".java/.userPrefs")); // or jshell says that it did
    Path root = SmallStudy.root();
    Process jshell =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home", ""), "bin", "jshell").toString(),
                "--class-path",
                System.getProperty("java.class.path", ""),
                "-J-Dfile.encoding=UTF-8",
                "-J-Djava.util.prefs.userRoot=" + directory,
                "-R-Dfile.encoding=UTF-8",
                "-R-Dai.djl.offline=true",
                "--startup",
                "DEFAULT",
                "--startup",
                root.resolve("conf/jshell-startup.jsh").toString(),
                "-s",
                script.toString())
            .directory(root.toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    int exitCode = jshell.waitFor();
    assertThat(exitCode).as(Files.readString(errors)).isZero();
    String refusals =
        blocks.stream()
            .map(ShownCode::output)
            .filter(GuideTest::isRefusal)
            .collect(Collectors.joining());
    assertThat(Files.readString(errors).strip()).isEqualTo(refusals.strip());
    List<String> printed = List.of(Files.readString(output).split(MARK + "\n", -1));
    assertThat(printed).hasSize(blocks.size() + 1);
    for (int i = 0; i < blocks.size(); i++) {
      String shown = blocks.get(i).output();
      assertThat(printed.get(i).strip())
          .as(blocks.get(i).code())
          .isEqualTo(isRefusal(shown) ? "" : shown.strip());
    }
  }

  /** What the compiler says, which jshell writes elsewhere. */
  private static boolean isRefusal(String output) {
    return output.startsWith("Error:");
  }

  /** The loop of the guide and the command: the same bits. */
  @ParameterizedTest
  @MethodSource("models")
  void theExampleHasTheNumbersOfTheCommand(String name) {
    String directoryOfModel = name.equals(DEMO_MODEL) ? demoModel() : realModel();
    assumeTrue(
        !directoryOfModel.isEmpty(), "needs -Dpatchgrid.real-model=DIR (bin/get-smollm2 DIR)");
    String clean = "Paris is the capital of France";
    String corrupted = "London is the capital of France";
    Ended ended =
        Ended.inProcess(
            "patch",
            "--model",
            directoryOfModel,
            "--clean",
            clean,
            "--corrupted",
            corrupted,
            "--metrics",
            "l2,kl",
            "--format",
            "csv");
    assertThat(ended.exitCode()).as(ended.errors()).isEqualTo(ExitCode.DONE);
    Map<String, String> patched =
        ended
            .output()
            .lines()
            .skip(1)
            .map(line -> List.of(line.split(",", -1)))
            .collect(Collectors.toMap(f -> f.get(5) + " " + f.get(14), f -> f.get(17)));
    try (LanguageModel model = LanguageModel.load(directoryOfModel);
        Trace source = model.trace(clean)) {
      assertThat(patched).hasSize(2 * model.layers());
      for (int layer = 0; layer < model.layers(); layer++) {
        String mlp = "layers." + layer + ".mlp";
        try (Trace run =
            model.trace(corrupted, Map.of(mlp, replaceWith(source.activation(mlp))), List.of())) {
          for (Metric metric : List.of(Metric.L2, Metric.KL)) {
            assertThat(patched.get(layer + " " + metric.label()))
                .as("%s at layer %d", metric, layer)
                .isEqualTo(String.valueOf(run.distance(metric, source)));
          }
        }
      }
    }
  }

  static List<String> models() {
    return List.of(DEMO_MODEL, REAL_MODEL);
  }

  private static String demoModel() {
    return SmallStudy.root().resolve(DEMO_MODEL).toString();
  }

  private static String realModel() {
    return System.getProperty("patchgrid.real-model", "");
  }
}
