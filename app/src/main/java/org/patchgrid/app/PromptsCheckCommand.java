package org.patchgrid.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import org.patchgrid.conf.PromptsConfig;
import org.patchgrid.experiment.LoadedModel;
import org.patchgrid.experiment.PairPredictions;
import org.patchgrid.experiment.PairPredictions.CheckedPair;
import org.patchgrid.input.PromptIndex;
import org.patchgrid.input.PromptSetReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says of each pair of a prompt set what a model makes of it. */
@Command(
    name = "check",
    description = "Say of each pair whether a model can use it, and what it predicts after it.",
    mixinStandardHelpOptions = true,
    footerHeading = Patchgrid.EXAMPLES,
    footer = {
      "  ./patchgrid prompts check data/prompts/capitals.jsonl \\",
      "      --model data/models/atlas-6l"
    })
final class PromptsCheckCommand implements Callable<Integer> {
  /** Pairs that are read and run at once. */
  private static final int BATCH = 1024;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "the prompts, as prompts.path of a study")
  private String file = "";

  @Mixin private ModelOption model = new ModelOption();

  @Mixin private PromptSetOptions options = new PromptSetOptions();

  @Mixin private FormatOption format = new FormatOption();

  @Override
  public Integer call() throws IOException {
    PromptsConfig prompts = options.config("FILE", file, model);
    PromptSetReader reader = new PromptSetReader(file, new Configuration());
    PromptIndex index = reader.scan(prompts.format());
    PrintWriter err = Console.err(spec);
    err.println(PromptSetOptions.describe(file, index));
    err.flush();
    PrintWriter out = Console.out(spec);
    CheckSummary summary = new CheckSummary();
    try (LoadedModel loaded = LoadedModel.load(model.directory());
        CheckPrinter printer = CheckPrinter.of(format.chosen(), out)) {
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
    out.flush();
    PrintWriter end = format.chosen() == TableFormat.TABLE ? out : err;
    summary.print(end);
    end.flush();
    return summary.unusable() == 0 ? ExitCode.DONE : ExitCode.INCOMPLETE;
  }
}
