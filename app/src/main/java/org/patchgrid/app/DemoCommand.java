package org.patchgrid.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.patchgrid.conf.StudyConfig;
import org.patchgrid.conf.StudyOverrides.Setting;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The guide's experiment and a small study on the shipped model. */
@Command(
    name = "demo",
    description = "Run the guide's experiment and a small study on the shipped model.",
    footer = {"  ./patchgrid demo", "  ./patchgrid demo --out /tmp/demo"})
final class DemoCommand extends PatchgridCommand {
  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "results/demo",
      description = "where results go (default: ${DEFAULT-VALUE})")
  private String out = "results/demo";

  @Override
  int run() throws IOException {
    Path home = ProjectFiles.home("demo");
    String model = home.resolve("data/models/atlas-6l").toString();
    out().println("The guide's experiment on atlas-6l: which layer's MLP tells Paris from London?");
    new PairExperiment(
            model,
            "Paris is the capital of France",
            "London is the capital of France",
            Optional.empty(),
            Optional.empty(),
            List.of(Setting.ofSet("sweep.components=[mlp]"), Setting.ofSet("metrics=[l2]")))
        .print(out());
    out().println();
    out().println("A small study of 25 pairs, the guide's and 24 others:");
    StudyConfig study =
        Studies.read(
            home.resolve("conf/studies/demo.conf").toString(),
            List.of(
                Setting.ofSet("model.path=" + model),
                Setting.ofSet("prompts.path=" + home.resolve("data/prompts/demo.jsonl"))),
            Optional.of(out));
    int code = RunCommand.run(study, "local[*]", List.of(), false, out(), err());
    if (code == ExitCode.INTERRUPTED) {
      return code;
    }
    out().println("Its tables: " + out + "/cells/*.parquet and " + out + "/pairs/*.parquet");
    Studies.aggregate(Studies.results(out), "local[*]", List.of());
    out()
        .println(
            "Its report, the guide's chart with error bars: "
                + ReportCommand.write(out, Optional.empty(), Optional.empty()));
    return code;
  }
}
