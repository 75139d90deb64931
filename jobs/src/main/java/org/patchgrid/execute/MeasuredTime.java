package org.patchgrid.execute;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.patchgrid.experiment.StudyWork;
import org.patchgrid.experiment.TaskModel;
import org.patchgrid.study.CellSelection;
import org.patchgrid.study.Device;
import org.patchgrid.study.PairResult;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptSetStatistics;
import org.patchgrid.study.PromptSetSums;
import org.patchgrid.study.RequiredPrediction;
import org.patchgrid.study.StatisticsNeeded;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TaskResult;
import org.patchgrid.study.TokenizedPair;

/**
 * What a study takes on this machine, by some of its own pairs that were run.
 *
 * @param device where tasks compute
 * @param load of the model, once an executor
 * @param pairs how many were timed at last
 * @param took of these pairs
 * @param tasks of the whole study, one after the other
 */
public record MeasuredTime(Device device, Duration load, int pairs, Duration took, Duration tasks) {
  /** More pairs are run until they take so long. */
  private static final Duration ENOUGH = Duration.ofSeconds(4);

  /** The first pair warms Java's compiler up and is run again, unless that does not matter. */
  private static final Duration LONG = Duration.ofSeconds(30);

  /** Most pairs of which is looked whether the model predicts them as the study requires. */
  private static final int SAMPLED = 32;

  /**
   * Loads the model, runs pairs of about the mean length with all of their cells, and stores
   * nothing.
   *
   * @throws PatchgridException if the model cannot be loaded, no sampled pair can be used, or the
   *     study has a screen
   */
  public static MeasuredTime of(PlannedStudy study) {
    if (!study.plan().screenings().isEmpty()) {
      throw cannotMeasure(
          study,
          "its screen decides while it runs what is measured; leave --measure out, or the screen (--set sweep.screen=null)");
    }
    List<PromptPair> sampled = sampled(study);
    long start = System.nanoTime();
    try (TaskModel model = study.model().load(study.modelRef(), TaskGpu.FIRST, Optional.empty())) {
      Duration load = since(start);
      PairTimer timer = PairTimer.of(study, model, sampled);
      List<PromptPair> measured = timer.predictedAsRequired(sampled);
      double share = study.surveySample().usableShare() * measured.size() / sampled.size();
      int most = Math.min(measured.size(), study.plan().pairsPerTask());
      int count = 1;
      Duration first = timer.time(measured.subList(0, count));
      Duration took = first.compareTo(LONG) > 0 ? first : timer.time(measured.subList(0, count));
      while (took.compareTo(ENOUGH) < 0 && count < most) {
        count = Math.min(2 * count, most);
        took = timer.time(measured.subList(0, count));
      }
      double seconds = took.toNanos() / 1e9 / count * study.plan().pairsAlike() * share;
      return new MeasuredTime(
          study.config().model().device(),
          load,
          count,
          took,
          Duration.ofMillis(Math.round(1e3 * seconds)));
    }
  }

  /** Those nearest to the mean length first. */
  private static List<PromptPair> sampled(PlannedStudy study) {
    double mean = study.plan().meanTokens();
    List<PromptPair> sampled =
        study.sampled().stream()
            .filter(TokenizedPair::isUsable)
            .sorted(Comparator.comparingDouble(pair -> Math.abs(pair.clean().length() - mean)))
            .limit(SAMPLED)
            .map(TokenizedPair::pair)
            .toList();
    if (sampled.isEmpty()) {
      throw cannotMeasure(
          study,
          "none of %d sampled pairs can be used (%s)"
              .formatted(study.sampled().size(), study.surveySample().reasons()));
    }
    return sampled;
  }

  /** Runs pairs of a study with its settings. */
  private record PairTimer(PlannedStudy study, TaskModel model, PromptSetStatistics statistics) {
    /** Statistics of some pairs do: values are not looked at. */
    static PairTimer of(PlannedStudy study, TaskModel model, List<PromptPair> pairs) {
      StatisticsNeeded needed = study.plan().statisticsNeeded();
      PromptSetSums sums = new PromptSetSums();
      if (!needed.isEmpty()) {
        sums.add(
            model.scan(
                pairs, study.plan().sites(), needed, study.resolved().measurementSettings()));
      }
      return new PairTimer(study, model, sums.statistics(needed));
    }

    /** Without those that {@code prompts.require} skips, which only a run tells. */
    List<PromptPair> predictedAsRequired(List<PromptPair> pairs) {
      if (study.config().prompts().require() == RequiredPrediction.NONE) {
        return pairs;
      }
      List<PromptPair> predicted =
          run(pairs, (cell, pair) -> false).pairs().stream()
              .map(PairResult::tokenized)
              .filter(TokenizedPair::isUsable)
              .map(TokenizedPair::pair)
              .toList();
      if (predicted.isEmpty()) {
        throw cannotMeasure(
            study,
            "of %d sampled pairs the model predicts none as prompts.require = %s asks"
                .formatted(
                    pairs.size(),
                    study.config().prompts().require().name().toLowerCase(Locale.ROOT)));
      }
      return predicted;
    }

    Duration time(List<PromptPair> pairs) {
      long start = System.nanoTime();
      run(pairs, CellSelection.ALL);
      return since(start);
    }

    private TaskResult run(List<PromptPair> pairs, CellSelection selection) {
      List<SweepSite> sites = study.plan().sites();
      return model.run(
          new PatchTask(0, 0, pairs.size(), 0, sites.size()),
          pairs,
          new StudyWork(
              sites,
              study.resolved().measurementSettings(),
              statistics,
              selection,
              study.config().execution().computation()));
    }
  }

  private static PatchgridException cannotMeasure(PlannedStudy study, String why) {
    return new PatchgridException(
        "Cannot measure the time of study '%s': %s".formatted(study.config().id(), why));
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  public String describe() {
    return String.format(
        Locale.ROOT,
        "about %s s of one %s, and %s s an executor to load the model (measured: %,d %s in %s s)",
        seconds(tasks),
        device == Device.GPU ? "GPU" : "core",
        seconds(load),
        pairs,
        pairs == 1 ? "pair" : "pairs",
        seconds(took));
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%,.1f", duration.toMillis() / 1e3);
  }
}
