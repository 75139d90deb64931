package org.patchgrid.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.patchgrid.conf.StudyOverrides.Setting;
import org.patchgrid.study.Measurement;
import org.patchgrid.table.CellRow;
import org.patchgrid.table.CellTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One pair at the terminal. */
@Command(
    name = "patch",
    description = "Patch one pair of prompts and print the guide's table.",
    footer = {
      "  ./patchgrid patch --model data/models/atlas-6l \\",
      "      --clean \"Paris is the capital of France\" \\",
      "      --corrupted \"London is the capital of France\"",
      "  ./patchgrid patch --model data/models/atlas-6l \\",
      "      --components self_attn.z --heads each --layers 3-5 --positions last \\",
      "      --metrics logit_diff,kl --format csv \\",
      "      --clean \"The capital of France is\" \\",
      "      --corrupted \"The capital of Italy is\" \\",
      "      --answer \" Paris\" --foil \" Rome\""
    })
final class PatchCommand extends PatchgridCommand {
  @Mixin private ModelOption model = new ModelOption();

  @Option(names = "--clean", paramLabel = "TEXT", required = true, description = "the clean prompt")
  private String clean = "";

  @Option(
      names = "--corrupted",
      paramLabel = "TEXT",
      required = true,
      description = "the corrupted prompt")
  private String corrupted = "";

  @Option(
      names = "--components",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "mlp",
      description =
          "what is patched: names with commas, guide (its twelve) or all (default: ${DEFAULT-VALUE}); "
              + "doctor lists a model's")
  private List<String> components = List.of();

  @Option(
      names = "--layers",
      paramLabel = "LAYER",
      split = ",",
      description = "which layers: all, 0-5 or 0,3 (default: all)")
  private List<String> layers = List.of("all");

  @Option(
      names = "--heads",
      paramLabel = "HEAD",
      split = ",",
      description = "all heads in one patch, each in its own, or 0,2 (default: all)")
  private List<String> heads = List.of("all");

  @Option(
      names = "--positions",
      paramLabel = "POSITION",
      split = ",",
      description = "all positions in one patch, each in its own, last, or 3,4 (default: all)")
  private List<String> positions = List.of("all");

  @Option(
      names = "--direction",
      paramLabel = "NAME",
      split = ",",
      description = "denoising, noising or both with a comma (default: denoising)")
  private List<String> directions = List.of("denoising");

  @Option(
      names = "--window",
      paramLabel = "N",
      description = "layers patched together (default: ${DEFAULT-VALUE})")
  private int window = 1;

  @Option(
      names = "--metrics",
      paramLabel = "METRIC",
      split = ",",
      description =
          "l2, mse, cosine, kl, logit_diff, prob_diff, answer_prob, answer_log_prob, answer_logit, "
              + "answer_rank; several with commas (default: l2)")
  private List<String> metrics = List.of("l2");

  @Option(
      names = "--answer",
      paramLabel = "TEXT",
      description = "the right answer (default: the clean run's top token)")
  private @Nullable String answer;

  @Option(
      names = "--foil",
      paramLabel = "TEXT",
      description = "the wrong answer (default: the corrupted run's top token)")
  private @Nullable String foil;

  @Mixin private FormatOption format = new FormatOption();

  @Override
  int run() throws IOException {
    List<Setting> settings =
        List.of(
            setting("--components", components, "sweep.components", list(components)),
            setting("--direction", directions, "sweep.directions", list(directions)),
            setting("--layers", layers, "sweep.layers", oneOrList(layers)),
            setting("--heads", heads, "sweep.heads", oneOrList(heads)),
            setting("--positions", positions, "sweep.positions", oneOrList(positions)),
            new Setting("--window " + window, "sweep.window=" + window),
            setting("--metrics", metrics, "metrics", list(metrics)));
    PairExperiment experiment =
        new PairExperiment(
            model.name(),
            clean,
            corrupted,
            Optional.ofNullable(answer),
            Optional.ofNullable(foil),
            settings);
    PrintWriter out = out();
    switch (format.chosen()) {
      case TABLE -> experiment.print(out);
      case CSV -> print(experiment.run().measurements(), ColumnPrinter.csv(out));
      case JSON -> print(experiment.run().measurements(), ColumnPrinter.json(out));
    }
    return ExitCode.DONE;
  }

  private static Setting setting(String option, List<String> given, String key, String value) {
    return new Setting(option + " " + String.join(",", given), key + "=" + value);
  }

  private static String list(List<String> names) {
    return names.stream()
        .map(name -> "\"" + name.strip().replace("\"", "") + "\"")
        .collect(Collectors.joining(",", "[", "]"));
  }

  /** A word or a range stands alone; numbers are a list. */
  private static String oneOrList(List<String> values) {
    boolean number = values.stream().allMatch(v -> v.strip().matches("\\d+"));
    return values.size() == 1 && !number ? values.get(0) : "[" + String.join(",", values) + "]";
  }

  private static void print(List<Measurement> rows, ColumnPrinter printer) throws IOException {
    for (Measurement row : rows) {
      printer.print(CellTable.columns(new CellRow("patch", row)));
    }
  }
}
