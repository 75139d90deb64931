package org.patchgrid.app;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.patchgrid.conf.PromptsConfig;
import org.patchgrid.experiment.LoadedModel;
import org.patchgrid.experiment.PairPredictions;
import org.patchgrid.experiment.PairPredictions.CheckedPair;
import org.patchgrid.input.PromptIndex;
import org.patchgrid.input.PromptSetReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Says of each pair of a prompt set what a model makes of it. */
@Command(
    name = "check",
    description = "Say of each pair whether a model can use it, and what it predicts after it.",
    footer = {
      "  ./patchgrid prompts check data/prompts/capitals.jsonl \\",
      "      --model data/models/atlas-6l"
    })
final class PromptsCheckCommand extends PatchgridCommand {
  /** Pairs that are read and run at once. */
  private static final int BATCH = 1024;

  @Parameters(paramLabel = "FILE", description = "the prompts, as prompts.path of a study")
  private String file = "";

  @Mixin private ModelOption model = new ModelOption();

  @Mixin private PromptSetOptions options = new PromptSetOptions();

  @Mixin private FormatOption format = new FormatOption();

  @Override
  int run() throws IOException {
    PromptsConfig prompts = options.config("FILE", file, model);
    PromptSetReader reader = new PromptSetReader(file, new Configuration());
    PromptIndex index = reader.scan(prompts.format());
    err().println(PromptSetOptions.describe(file, index));
    CheckSummary summary = new CheckSummary();
    try (LoadedModel loaded = LoadedModel.load(model.directory());
        CheckPrinter printer = CheckPrinter.of(format.chosen(), out())) {
      for (long first = 0; first < index.pairs(); first += BATCH) {
        long end = Math.min(index.pairs(), first + BATCH);
        List<CheckedPair> checked =
            PairPredictions.of(
                loaded, reader.read(index, first, end), prompts.bos(), prompts.answerToken());
        for (CheckedPair pair : checked) {
          summary.add(pair);
          printer.print(CheckRow.of(pair, loaded.tokenizer()));
        }
      }
    }
    out().flush();
    summary.print(format.chosen() == TableFormat.TABLE ? out() : err());
    return summary.unusable() == 0 ? ExitCode.DONE : ExitCode.INCOMPLETE;
  }
}
