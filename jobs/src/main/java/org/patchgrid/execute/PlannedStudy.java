package org.patchgrid.execute;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.patchgrid.conf.StudyConfig;
import org.patchgrid.estimate.ExecutorMemory;
import org.patchgrid.input.HadoopPaths;
import org.patchgrid.input.PromptIndex;
import org.patchgrid.input.PromptSetReader;
import org.patchgrid.patch.SiteRequirements;
import org.patchgrid.plan.Fingerprint;
import org.patchgrid.plan.PromptSurvey;
import org.patchgrid.plan.StudyPlan;
import org.patchgrid.plan.StudyPlanner;
import org.patchgrid.store.StudyClaim;
import org.patchgrid.store.StudyIdentity;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.TokenizedPair;

/**
 * A study whose model and prompts have been looked at, so that its plan and fingerprint are known.
 * Nothing was run and no weights are loaded.
 *
 * @param promptsPath the full URI of the prompts
 * @param sampled a seeded sample of pairs, as the model and the sweeps read them
 */
public record PlannedStudy(
    StudyConfig config,
    ModelLocation modelLocation,
    StudyModel model,
    String promptsPath,
    PromptIndex prompts,
    StudyPlan plan,
    List<TokenizedPair> sampled,
    Fingerprint fingerprint) {
  /** Pairs whose tokens are counted to estimate the mean length. */
  private static final int SAMPLED_PAIRS = 256;

  private static final long SAMPLE_SEED = 1;

  private static final int READ_AT_ONCE = 1_000;

  /** Changes whenever the code may compute or store other bytes for the same study. */
  private static final String CODE = "cells 5";

  /**
   * Looks at model and prompts and plans.
   *
   * @throws PatchgridException for everything in the study, the model or the prompts that the user
   *     has to mend
   */
  public static PlannedStudy of(StudyConfig config, Configuration hadoop) throws IOException {
    ModelLocation location = ModelLocation.of(config.model().path(), hadoop);
    StudyModel model = location.onThisHost(hadoop);
    model.requireHonestId(config);
    PromptIndex prompts =
        new PromptSetReader(config.prompts().path(), hadoop).scan(config.prompts().format());
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(config.prompts().path());
    String promptsPath = path.getFileSystem(hadoop).makeQualified(path).toString();
    List<TokenizedPair> sample = sample(config, model, promptsPath, prompts, hadoop);
    StudyPlan plan =
        StudyPlanner.plan(config, model.structure(), prompts.pairs(), meanTokens(sample));
    Fingerprint fingerprint =
        Fingerprint.of(
            config,
            plan,
            new Fingerprint.Sources(
                model.networkFingerprint(),
                model.tokenizerFingerprint(),
                prompts.identity(),
                CODE,
                model.kernel(config),
                model.kernelHere(config, model.kernel(config))));
    SiteRequirements requirements = new SiteRequirements(plan.sites());
    List<TokenizedPair> sampled = sample.stream().map(requirements::require).toList();
    PromptSurvey survey = survey(sampled);
    plan.statisticsNeeded().requireLengths(survey.shortest(), survey.longest());
    return new PlannedStudy(
        config, location, model, promptsPath, prompts, plan, sampled, fingerprint);
  }

  /** A seeded sample; the same for the same prompts on every machine. */
  private static List<TokenizedPair> sample(
      StudyConfig config,
      StudyModel model,
      String promptsPath,
      PromptIndex prompts,
      Configuration hadoop) {
    List<TokenizedPair> sample = new ArrayList<>();
    PromptSetReader reader = new PromptSetReader(promptsPath, hadoop);
    try (StudyModel.Tokens tokens = model.tokens(config)) {
      for (long number : sample(prompts.pairs())) {
        reader.read(prompts, number, number + 1).forEach(pair -> sample.add(tokens.of(pair)));
      }
    }
    return sample;
  }

  /** Those of pairs that cannot be used count too: tasks are cut before anybody knows. */
  private static double meanTokens(List<TokenizedPair> sample) {
    return sample.stream().mapToInt(pair -> Math.max(1, pair.clean().length())).average().orElse(1);
  }

  /** What is known of the pairs that were looked at for the plan. */
  public PromptSurvey surveySample() {
    return survey(sampled);
  }

  private static PromptSurvey survey(List<TokenizedPair> sampled) {
    PromptSurvey survey = new PromptSurvey();
    sampled.forEach(survey::add);
    return survey;
  }

  public PromptSurvey surveyAll(Configuration hadoop) {
    PromptSurvey survey = new PromptSurvey();
    SiteRequirements requirements = new SiteRequirements(plan.sites());
    PromptSetReader reader = new PromptSetReader(promptsPath, hadoop);
    try (StudyModel.Tokens tokens = model.tokens(config)) {
      for (long first = 0; first < prompts.pairs(); first += READ_AT_ONCE) {
        long end = Math.min(prompts.pairs(), first + READ_AT_ONCE);
        for (PromptPair pair : reader.read(prompts, first, end)) {
          survey.add(requirements.require(tokens.of(pair)));
        }
      }
    }
    return survey;
  }

  private static TreeSet<Long> sample(long pairs) {
    TreeSet<Long> numbers = new TreeSet<>();
    Random random = new Random(SAMPLE_SEED);
    while (numbers.size() < Math.min(pairs, SAMPLED_PAIRS)) {
      numbers.add((long) (random.nextDouble() * pairs));
    }
    return numbers;
  }

  /**
   * Looks whether results may go to the study's output, and changes nothing there.
   *
   * @throws PatchgridException if it holds something else
   */
  public void requireOutput(Configuration hadoop) throws IOException {
    StudyClaim.requireFree(
        HadoopPaths.parse("the output", outputPath()), hadoop, identity(Map.of()));
  }

  /**
   * What the output remembers of the study.
   *
   * @param versions of the software that runs it
   */
  StudyIdentity identity(Map<String, String> versions) {
    return new StudyIdentity(
        config.id(), fingerprint.sha256(), fingerprint.named(), versions, resolved().render());
  }

  /** What an executor needs for this study. */
  public ExecutorMemory memory() {
    return model.memory(config, plan, kernel(), surveySample().longest());
  }

  /** What executors are to hold. */
  ModelRef modelRef() {
    return new ModelRef(
        modelLocation,
        model.fingerprint(),
        kernel(),
        config.model().dtype(),
        config.model().device(),
        kernelHere());
  }

  /** The kernel that the study says, or the best of this machine. */
  Kernel kernel() {
    return model.kernel(config);
  }

  /** How that kernel describes itself on this machine. */
  private String kernelHere() {
    return model.kernelHere(config, kernel());
  }

  /** The study with what was chosen in place of {@code auto}: what {@code study.conf} says. */
  public StudyConfig resolved() {
    return config.resolved(kernel(), plan.distances(), plan.pairsPerTask(), plan.sitesPerTask());
  }

  public String outputPath() {
    Optional<String> path = config.outputPath();
    return path.orElseThrow(
        () ->
            new PatchgridException(
                "Study '" + config.id() + "' has no output: give --out DIR or set output.path"));
  }
}
