package org.patchgrid.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.patchgrid.checkpoint.ModelDirectory;
import org.patchgrid.family.ModelFamilies;
import org.patchgrid.generate.NameCorruption;
import org.patchgrid.generate.PromptSetMaker;
import org.patchgrid.generate.Task;
import org.patchgrid.input.PairWriter;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptPair;
import org.patchgrid.tokenize.PromptTokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes pairs of a task that a model's tokenizer allows. */
@Command(
    name = "make",
    description = "Write pairs that are valid for a model's tokenizer, as JSON lines.",
    footer = {
      "  ./patchgrid prompts make capitals --n 20 \\",
      "      --model data/models/atlas-6l --out capitals.jsonl",
      "  ./patchgrid prompts make ioi --n 5 --corruption abc \\",
      "      --model data/models/atlas-6l"
    })
final class PromptsMakeCommand extends PatchgridCommand {
  private static final int MOST_PAIRS = 1_000_000;

  @Parameters(paramLabel = "TASK", description = "ioi, capitals, greater-than or docstring")
  private Task task = Task.IOI;

  @Option(names = "--n", required = true, paramLabel = "N", description = "how many pairs")
  private int count;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "the seed of all random choices (default: ${DEFAULT-VALUE})")
  private long seed = 1;

  @Mixin private ModelOption model = new ModelOption();

  @Option(
      names = "--corruption",
      paramLabel = "KIND",
      description =
          "how ioi corrupts: s2-io (the giver is the other one; the default), abc (a third person) or"
              + " random-names (all names are others)")
  private @Nullable NameCorruption corruption;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "where the pairs go (default: standard output)")
  private @Nullable Path out;

  @Override
  int run() throws IOException {
    if (count < 1 || count > MOST_PAIRS) {
      throw new PatchgridException(
          String.format(Locale.ROOT, "--n is %d: it must be from 1 to %,d", count, MOST_PAIRS));
    }
    if (corruption != null && task != Task.IOI) {
      throw new PatchgridException("--corruption is for ioi: leave it out for " + task);
    }
    requireNew();
    List<String> lines = pairs().stream().map(PairWriter::line).toList();
    if (out == null) {
      lines.forEach(out()::println);
      return ExitCode.DONE;
    }
    Path file = out;
    OutputFiles.write(
        file,
        "--out",
        () -> Files.write(file, lines, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    out().println("Prompts: " + out);
    return ExitCode.DONE;
  }

  private List<PromptPair> pairs() {
    ModelDirectory directory = ModelDirectory.open(model.directory());
    int vocabulary =
        ModelFamilies.of(directory.config())
            .config(directory.name(), directory.config())
            .structure()
            .vocabularySize();
    try (PromptTokenizer tokenizer = PromptTokenizer.open(directory.path(), vocabulary)) {
      NameCorruption names = corruption == null ? NameCorruption.S2_IO : corruption;
      return new PromptSetMaker(tokenizer, directory.name()).make(task, names, count, seed);
    }
  }

  /** Told before the work. */
  private void requireNew() {
    if (out == null) {
      return;
    }
    OutputFiles.requireDirectoryOf(out);
    if (!out.toString().endsWith(".jsonl")) {
      throw new PatchgridException(
          "Cannot write '%s': name it .jsonl, by which a study knows what it is".formatted(out));
    }
    if (Files.exists(out)) {
      throw new PatchgridException(
          "Cannot write '%s': it is there already; remove it, or choose another --out"
              .formatted(out));
    }
  }
}
