package org.patchgrid.app;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.patchgrid.conf.StudyConfig;
import org.patchgrid.conf.StudyConfigReader;
import org.patchgrid.conf.StudyOverrides;
import org.patchgrid.conf.StudyOverrides.Setting;
import org.patchgrid.experiment.LoadedModel;
import org.patchgrid.experiment.StudyWork;
import org.patchgrid.kernel.TensorKernels;
import org.patchgrid.plan.StudyPlan;
import org.patchgrid.plan.StudyPlanner;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.Component;
import org.patchgrid.study.Device;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TaskResult;

/** One pair at the terminal, in this process and without Spark. */
final class PairExperiment {
  private static final String ID = "patch";

  private final StudyConfig config;
  private final PromptPair pair;

  /**
   * An experiment on one pair.
   *
   * @param settings keys of a study and their values
   */
  PairExperiment(
      String model,
      String clean,
      String corrupted,
      Optional<String> answer,
      Optional<String> foil,
      List<Setting> settings) {
    List<Setting> all =
        new ArrayList<>(
            List.of(
                Setting.ofSet("study.id=" + ID),
                new Setting("--model " + model, "model.path=" + model),
                Setting.ofSet("prompts.path=terminal.jsonl")));
    all.addAll(settings);
    this.config = StudyConfigReader.read("patch", "", new StudyOverrides(all, Optional.empty()));
    this.pair =
        PairOptions.pair(
            ID,
            requireText("--clean", clean),
            requireText("--corrupted", corrupted),
            answerSpec(answer),
            answerSpec(foil));
  }

  private static String requireText(String option, String text) {
    if (text.isBlank()) {
      throw new PatchgridException(option + " is empty: give the prompt's text");
    }
    return text;
  }

  /** What is not given is the top token of its run. */
  private static AnswerSpec answerSpec(Optional<String> text) {
    return text.<AnswerSpec>map(t -> new AnswerSpec.Given(List.of(new PromptText.Text(t))))
        .orElseGet(AnswerSpec.Auto::new);
  }

  /** Runs it and prints the guide's table. */
  void print(PrintWriter out) {
    TaskResult result = run();
    PairOptions.print(result.pairs().get(0).tokenized(), out);
    List<String> components =
        result.measurements().stream()
            .map(m -> m.cell().component())
            .distinct()
            .sorted(Comparator.comparing(name -> Component.named(name).orElseThrow()))
            .toList();
    new PatchTable(out).print(result.measurements(), components, config.metrics());
  }

  /**
   * @throws PatchgridException if the pair cannot be used
   */
  TaskResult run() {
    Device device = config.model().device();
    Dtype dtype = config.model().dtype();
    try (LoadedModel model =
        LoadedModel.load(
            ModelOption.directory(config.model().path()),
            TensorKernels.best(device, dtype),
            dtype,
            device,
            0)) {
      StudyPlan plan = StudyPlanner.plan(config, model.structure(), 1, 1);
      List<SweepSite> sites = plan.sites();
      TaskResult result =
          model.run(
              new PatchTask(0, 0, 1, 0, sites.size()),
              List.of(pair),
              new StudyWork(sites, config.measurementSettings(), config.execution().computation()));
      PairOptions.requireUsable(result.pairs().get(0).tokenized());
      return result;
    }
  }
}
