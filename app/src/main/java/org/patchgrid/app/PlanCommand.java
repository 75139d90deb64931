package org.patchgrid.app;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.patchgrid.estimate.ExecutorMemory;
import org.patchgrid.execute.MeasuredTime;
import org.patchgrid.execute.PlannedStudy;
import org.patchgrid.plan.PromptSurvey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what a run would do. */
@Command(
    name = "plan",
    description =
        "Say what a study will do: pairs, cells, tasks, time. Runs nothing but, with --measure, a few pairs.",
    footer = {
      "  ./patchgrid plan conf/studies/guide-capitals.conf",
      "  ./patchgrid plan conf/studies/guide-capitals.conf --set sweep.positions=each",
      "  ./patchgrid plan conf/studies/guide-capitals.conf --measure"
    })
final class PlanCommand extends PatchgridCommand {
  @Parameters(paramLabel = "STUDY.conf", description = "the study file")
  private String study = "";

  @Mixin private SettingOptions changes = new SettingOptions();

  @Option(
      names = "--exact",
      description =
          "look at every pair, instead of 256: says exactly how long prompts are, how many cells there will be and which pairs will be skipped")
  private boolean exact;

  @Option(
      names = "--measure",
      description =
          "load the model, run a few of the pairs, and say how long the study takes on this machine")
  private boolean measure;

  @Override
  int run() throws IOException {
    Configuration hadoop = new Configuration();
    PlannedStudy planned =
        PlannedStudy.of(Studies.read(study, changes.settings(), Optional.empty()), hadoop);
    PromptSurvey survey = exact ? planned.surveyAll(hadoop) : planned.surveySample();
    out().print(planned.plan().describe(survey));
    if (measure) {
      out().println("time here            " + MeasuredTime.of(planned).describe());
    }
    out().println("memory               " + memory(planned.memory()));
    out().println("fingerprint          " + planned.fingerprint().sha256());
    return ExitCode.DONE;
  }

  private static String memory(ExecutorMemory memory) {
    return memory.describe() + memory.describeSharing().map(text -> "; " + text).orElse("");
  }
}
