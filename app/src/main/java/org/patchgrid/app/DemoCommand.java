package org.patchgrid.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.patchgrid.conf.StudyConfig;
import org.patchgrid.conf.StudyOverrides.Setting;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The guide's experiment and a small study on the shipped model. */
@Command(
    name = "demo",
    description = "Run the guide's experiment and a small study on the shipped model.",
    mixinStandardHelpOptions = true,
    footerHeading = Patchgrid.EXAMPLES,
    footer = {"  ./patchgrid demo", "  ./patchgrid demo --out /tmp/demo"})
final class DemoCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "results/demo",
      description = "where results go (default: ${DEFAULT-VALUE})")
  private String out = "results/demo";

  @Override
  public Integer call() throws IOException {
    PrintWriter standardOut = Console.out(spec);
    Path home = ProjectFiles.home("demo");
    String model = home.resolve("data/models/atlas-6l").toString();
    standardOut.println(
        "The guide's experiment on atlas-6l: which layer's MLP tells Paris from London?");
    new PairExperiment(
            model,
            "Paris is the capital of France",
            "London is the capital of France",
            Optional.empty(),
            Optional.empty(),
            List.of(Setting.ofSet("sweep.components=[mlp]"), Setting.ofSet("metrics=[l2]")))
        .print(standardOut);
    standardOut.println();
    standardOut.println("A small study of 25 pairs, the guide's and 24 others:");
    standardOut.flush();
    StudyConfig study =
        Studies.read(
            home.resolve("conf/studies/demo.conf").toString(),
            List.of(
                Setting.ofSet("model.path=" + model),
                Setting.ofSet("prompts.path=" + home.resolve("data/prompts/demo.jsonl"))),
            Optional.of(out));
    int code = RunCommand.run(study, "local[*]", List.of(), false, standardOut, Console.err(spec));
    if (code == ExitCode.INTERRUPTED) {
      return code;
    }
    standardOut.println("Its tables: " + out + "/cells/*.parquet and " + out + "/pairs/*.parquet");
    standardOut.flush();
    Studies.aggregate(Studies.results(out), "local[*]", List.of());
    standardOut.println(
        "Its report, the guide's chart with error bars: "
            + ReportCommand.write(out, Optional.empty(), Optional.empty()));
    standardOut.flush();
    return code;
  }
}
