package org.patchgrid.app;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import org.patchgrid.conf.PromptsConfig;
import org.patchgrid.experiment.Conformance;
import org.patchgrid.experiment.LoadedModel;
import org.patchgrid.input.PromptIndex;
import org.patchgrid.input.PromptSetReader;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.TokenizedPair;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The identities that must hold on any model, checked on this one. */
@Command(
    name = "conformance",
    description = "Check on a model and prompts what must hold on any.",
    footer = {
      "  ./patchgrid conformance --model data/models/atlas-6l",
      "  ./patchgrid conformance --model data/models/atlas-6l \\",
      "      --prompts data/prompts/capitals.jsonl --pairs 5"
    })
final class ConformanceCommand extends PatchgridCommand {
  @Mixin private ModelOption model = new ModelOption();

  @Mixin private PairOptions pair = new PairOptions();

  @Option(
      names = "--prompts",
      paramLabel = "FILE",
      description = "check on the pairs of a prompt set instead, as prompts.path of a study")
  private @Nullable String prompts;

  @Option(
      names = "--pairs",
      paramLabel = "N",
      description =
          "how many pairs of the prompt set, from its first on (default: ${DEFAULT-VALUE})")
  private int pairs = 10;

  @Mixin private PromptSetOptions options = new PromptSetOptions();

  @Override
  int run() {
    try (LoadedModel loaded = LoadedModel.load(model.directory())) {
      out()
          .println(
              "model      " + loaded.structure().name() + ", kernel " + loaded.kernel().label());
      Conformance conformance = new Conformance(loaded);
      int skipped =
          prompts == null ? checkPair(loaded, conformance) : checkSet(prompts, loaded, conformance);
      List<Conformance.Line> lines = conformance.lines();
      lines.forEach(this::print);
      long failed = lines.stream().filter(line -> !line.holds()).count();
      out()
          .println(
              failed == 0
                  ? "all identities hold"
                  : "%d %s not hold: trust no result of this model here"
                      .formatted(failed, failed == 1 ? "identity does" : "identities do"));
      return failed == 0 && skipped == 0 ? ExitCode.DONE : ExitCode.INCOMPLETE;
    }
  }

  private int checkPair(LoadedModel loaded, Conformance conformance) {
    TokenizedPair chosen = pair.choose(loaded);
    PairOptions.print(chosen, out());
    conformance.check(chosen);
    return 0;
  }

  /** Names the pairs that cannot be used, and gives back how many they are. */
  private int checkSet(String file, LoadedModel loaded, Conformance conformance) {
    if (pair.areGiven()) {
      throw new PatchgridException(
          "--prompts takes the place of --clean and --corrupted: give one or the other");
    }
    Converters.requirePositive("--pairs", pairs);
    PromptsConfig config = options.config("--prompts", file, model);
    PromptSetReader reader = new PromptSetReader(file, new Configuration());
    PromptIndex index = reader.scan(config.format());
    long end = Math.min(pairs, index.pairs());
    out()
        .printf(
            Locale.ROOT,
            "prompts    %s, %,d of %,d pairs%n",
            PromptSetOptions.describe(file, index),
            end,
            index.pairs());
    int skipped = 0;
    for (PromptPair next : reader.read(index, 0, end)) {
      TokenizedPair tokenized = loaded.tokenize(next, config.bos(), config.answerToken());
      Optional<String> reason = reasonToSkip(tokenized);
      if (reason.isPresent()) {
        skipped++;
        out().println("skipped    " + next.id() + ": " + reason.get());
      } else {
        conformance.check(tokenized);
      }
    }
    if (skipped == end) {
      throw new PatchgridException(
          "Cannot use any of the %,d pairs of %s: the reasons are above; mend them, or raise --pairs"
              .formatted(end, file));
    }
    return skipped;
  }

  private static Optional<String> reasonToSkip(TokenizedPair pair) {
    if (!pair.isUsable()) {
      return Optional.of(pair.reason().orElse(pair.status().label()));
    }
    return pair.firstDifference().isPresent()
        ? Optional.empty()
        : Optional.of("both prompts are the same tokens, so no patch has work to do");
  }

  private void print(Conformance.Line line) {
    out()
        .printf(
            Locale.ROOT,
            "%-6s %-50s largest deviation %-9s allowed %-7s in %,d comparisons%s%n",
            line.holds() ? "ok" : "FAILED",
            line.identity(),
            number(line.largestDeviation()),
            number(line.allowed()),
            line.comparisons(),
            line.holds() ? "" : ", the largest on pair '" + line.largestOf() + "'");
  }

  private static String number(double value) {
    return value == 0 ? "0" : String.format(Locale.ROOT, "%.2g", value);
  }
}
