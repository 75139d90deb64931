package org.patchgrid.plan;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.patchgrid.conf.ExecutionConfig;
import org.patchgrid.conf.Problems;
import org.patchgrid.conf.StudyConfig;
import org.patchgrid.conf.SweepConfig;
import org.patchgrid.study.Distances;
import org.patchgrid.study.Engine;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.RequiredPrediction;
import org.patchgrid.study.SweepSite;

/**
 * Makes the plan of a study: a pure function, without weights, Spark or files.
 *
 * <p>A task is as many pairs, with all their sites, as {@code execution.task-seconds} holds at the
 * nominal rate ({@link NominalCost}); at least one. Where one pair's sites are too many, a task is
 * one pair and as many sites as fit by their mean cost; at least one. {@code pairs-per-task} and
 * {@code sites-per-task}, where the study has them, are used as they are.
 */
public final class StudyPlanner {
  /** Ten times the cells whose logits take as long as the unembedding's factor. */
  private static final double CELLS_A_DIMENSION = 10;

  private StudyPlanner() {}

  /**
   * Plans a study.
   *
   * @param pairs of the prompt set, at least 1
   * @throws PatchgridException with a line for everything the model does not have
   */
  public static StudyPlan plan(
      StudyConfig study, ModelStructure model, long pairs, double meanTokens) {
    if (pairs < 1) {
      throw new IllegalArgumentException("No pairs to plan for");
    }
    Problems problems = new Problems();
    Set<String> notes = new LinkedHashSet<>();
    Map<SweepConfig, List<SweepSite>> sitesOf = new LinkedHashMap<>();
    for (SweepConfig sweep : study.sweeps()) {
      sitesOf.put(sweep, new SitePlanner(sweep, model, problems, notes).sites());
    }
    if (study.execution().distances().equals(Optional.of(Distances.FACTOR))
        && !model.linearLogits()) {
      problems.add(
          "Cannot use execution.distances = factor with %s: its logits are capped, or a bias is added to them; use auto or logits"
              .formatted(model.name()));
    }
    problems.throwIfAny();
    PlannedSites sites = PlannedSites.of(sitesOf, pairs);
    Engine engine = study.execution().engine();
    noteUselessScreens(
        sitesOf, pairs, notes, some -> NominalCost.ofCells(engine, model, some, meanTokens));
    if (study.prompts().require() != RequiredPrediction.NONE) {
      notes.add(
          "prompts.require skips pairs by what the model predicts, which only the run will tell");
    }
    NominalCost cost = NominalCost.of(engine, model, sites, meanTokens);
    int siteCount = sites.sites().size();
    Cut cut = cut(study.execution(), siteCount, cost);
    long pairsPerTask = Math.min(pairs, cut.pairs());
    requireCountable(pairs, pairsPerTask, siteCount, cut.sites());
    return new StudyPlan(
        study.id(),
        model,
        sites,
        pairs,
        (int) pairsPerTask,
        cut.sites(),
        meanTokens,
        cost,
        distances(study, model, pairs * sites.cells(meanTokens)),
        List.copyOf(notes));
  }

  private static void noteUselessScreens(
      Map<SweepConfig, List<SweepSite>> sitesOf,
      long pairs,
      Set<String> notes,
      ToDoubleFunction<PlannedSites> operations) {
    sitesOf.forEach(
        (sweep, sites) -> {
          if (sweep.screen().isEmpty()) {
            return;
          }
          PlannedSites whole = new PlannedSites(sites, 0, List.of());
          PlannedSites screened = PlannedSites.of(Map.of(sweep, sites), pairs);
          if (operations.applyAsDouble(screened) >= operations.applyAsDouble(whole)) {
            notes.add(
                "to measure every place of sweep '%s' on every pair takes no longer than its screen: leave screen out, or lower its sample"
                    .formatted(sweep.name()));
          }
        });
  }

  /** The factor pays where it saves more than it takes, and no metric reads every logit anyway. */
  private static Distances distances(StudyConfig study, ModelStructure model, double cells) {
    boolean distancesAlone =
        study.metrics().stream().allMatch(metric -> metric.isDistance() || metric.isOfAnswers());
    return study
        .execution()
        .distances()
        .orElse(
            model.linearLogits()
                    && distancesAlone
                    && cells >= CELLS_A_DIMENSION * model.modelWidth()
                ? Distances.FACTOR
                : Distances.LOGITS);
  }

  private record Cut(int pairs, int sites) {}

  private static Cut cut(ExecutionConfig execution, int sites, NominalCost cost) {
    double budget = execution.taskSeconds() * NominalCost.OPERATIONS_PER_SECOND;
    int sitesPerTask = sitesPerTask(execution, sites, budget, cost);
    OptionalInt givenPairs = execution.pairsPerTask();
    if (givenPairs.isPresent()) {
      return new Cut(givenPairs.getAsInt(), sitesPerTask);
    }
    return new Cut(
        atLeastOne(budget / (cost.ofBothRuns() + sitesPerTask * cost.ofSite())), sitesPerTask);
  }

  private static int sitesPerTask(
      ExecutionConfig execution, int sites, double budget, NominalCost cost) {
    OptionalInt given = execution.sitesPerTask();
    if (given.isPresent()) {
      return Math.min(sites, given.getAsInt());
    }
    if (execution.pairsPerTask().orElse(1) > 1) {
      return sites;
    }
    return Math.min(sites, atLeastOne((budget - cost.ofBothRuns()) / cost.ofSite()));
  }

  private static int atLeastOne(double number) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, Math.floor(number)));
  }

  private static void requireCountable(long pairs, long pairsPerTask, int sites, int sitesPerTask) {
    double tasks =
        Math.ceil((double) pairs / pairsPerTask) * Math.ceil((double) sites / sitesPerTask);
    if (tasks > Integer.MAX_VALUE) {
      throw new PatchgridException(
          String.format(
              Locale.ROOT,
              "Cannot plan %.3g tasks, the most is %d: raise execution.task-seconds",
              tasks,
              Integer.MAX_VALUE));
    }
  }
}
