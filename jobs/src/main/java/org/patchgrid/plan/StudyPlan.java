package org.patchgrid.plan;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.patchgrid.study.Distances;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.StatisticsNeeded;
import org.patchgrid.study.SweepSite;

/**
 * The sites of a study and its cut into tasks. Tasks are computed, not stored: ten million pairs
 * cost nothing. They go through the pairs first: all sites of the first pairs, then the next pairs.
 *
 * @param planned the sites by sweep, direction, component as listed, layer, head and position
 * @param meanTokens token positions of a prompt, BOS included, by a sample
 * @param notes what a user should know although it is no error
 */
public record StudyPlan(
    String studyId,
    ModelStructure model,
    PlannedSites planned,
    long pairs,
    int pairsPerTask,
    int sitesPerTask,
    double meanTokens,
    NominalCost cost,
    Distances distances,
    List<String> notes)
    implements Serializable {
  public StudyPlan {
    notes = List.copyOf(notes);
    if (planned.sites().isEmpty() || pairs < 1) {
      throw new IllegalArgumentException("A plan needs a site and a pair");
    }
    if (!(meanTokens >= 1) || Double.isInfinite(meanTokens)) {
      throw new IllegalArgumentException("Invalid mean of tokens: " + meanTokens);
    }
    if (pairsPerTask < 1 || sitesPerTask < 1 || sitesPerTask > planned.sites().size()) {
      throw new IllegalArgumentException(
          "Invalid cut: " + pairsPerTask + " pairs x " + sitesPerTask + " sites");
    }
  }

  /** All sites; a task has a range of them. */
  public List<SweepSite> sites() {
    return planned.sites();
  }

  /** How sweeps are screened; of most studies, none is. */
  public List<Screening> screenings() {
    return planned.screenings();
  }

  public int taskCount() {
    return Math.toIntExact(pairBlocks() * siteBlocks());
  }

  /** Whether a task makes estimates of a screen, on which the measurements of others depend. */
  public boolean screens(int number) {
    return task(number).endSite() <= planned.screened();
  }

  /** The task with this number, from 0. */
  public PatchTask task(int number) {
    if (number < 0 || number >= taskCount()) {
      throw new IllegalArgumentException("No task " + number + " of " + taskCount());
    }
    long firstPair = number / siteBlocks() * pairsPerTask;
    long block = number % siteBlocks();
    boolean screens = block < blocks(planned.screened());
    int firstSite =
        Math.toIntExact(
            screens
                ? block * sitesPerTask
                : planned.screened() + (block - blocks(planned.screened())) * sitesPerTask);
    int end = screens ? planned.screened() : sites().size();
    return new PatchTask(
        number,
        firstPair,
        Math.min(pairs, firstPair + pairsPerTask),
        firstSite,
        (int) Math.min(end, (long) firstSite + sitesPerTask));
  }

  private long pairBlocks() {
    return (pairs + pairsPerTask - 1) / pairsPerTask;
  }

  /** No task has both estimates of a screen and what depends on them. */
  private long siteBlocks() {
    return blocks(planned.screened()) + blocks(sites().size() - planned.screened());
  }

  private long blocks(int sites) {
    return (sites + (long) sitesPerTask - 1) / sitesPerTask;
  }

  /** Patched runs of the whole study, if every pair can be used; at times an estimate. */
  public long cells() {
    return Math.round(pairs * planned.cells(meanTokens));
  }

  /** Whether the number of cells depends on the prompts' lengths, of which only a mean is known. */
  boolean cellsAreEstimated() {
    return !screenings().isEmpty() || sites().stream().anyMatch(site -> site.cells(2) > 1);
  }

  /** What a stage before the tasks has to find out about the whole prompt set. */
  public StatisticsNeeded statisticsNeeded() {
    return StatisticsNeeded.of(model, sites());
  }

  /**
   * Counted operations of the whole study: both runs of a pair in each of its tasks, cells, and a
   * clean run for means of the prompt set.
   */
  double operations() {
    double cleanRuns = statisticsNeeded().means().isEmpty() ? 0 : cost.ofBothRuns() / 2;
    return pairs * (cleanRuns + siteBlocks() * cost.ofBothRuns() + sites().size() * cost.ofSite());
  }

  /** The same as a number of forward passes over a prompt of mean length. */
  double forwardEquivalents() {
    return operations() / (cost.ofBothRuns() / 2);
  }

  /**
   * The whole study as a number of pairs of mean length, each with all its sites in one task: more
   * than it has where they are in several, which all run the pair, or where means come first.
   */
  public double pairsAlike() {
    return operations() / (cost.ofBothRuns() + sites().size() * cost.ofSite());
  }

  /** What the study takes at the fixed nominal rate; no promise about any machine. */
  double nominalSeconds() {
    return operations() / NominalCost.OPERATIONS_PER_SECOND;
  }

  /**
   * What the command {@code plan} prints, several lines.
   *
   * @param survey of all pairs, or of a sample
   */
  public String describe(PromptSurvey survey) {
    String about = cellsAreEstimated() ? " (estimated)" : "";
    StringBuilder text = new StringBuilder();
    line(text, "study", studyId + " on " + model.name());
    line(text, "pairs", count(pairs));
    skipped(survey).ifPresent(skipped -> line(text, "skipped", skipped));
    line(text, "tokens a prompt", tokens(survey));
    line(text, "sites", count(sites().size()) + " (" + sweeps() + ")");
    line(text, "cells", cells(survey));
    line(
        text,
        "tasks",
        String.format(
            Locale.ROOT,
            "%s of %s x %s",
            count(taskCount()),
            counted(pairsPerTask, "pair"),
            counted(sitesPerTask, "site")));
    line(
        text,
        "forward equivalents",
        String.format(Locale.ROOT, "%,.1f%s", forwardEquivalents(), about));
    line(
        text,
        "nominal time",
        String.format(
            Locale.ROOT,
            "%,.1f s at %.0f GFLOP/s",
            nominalSeconds(),
            NominalCost.OPERATIONS_PER_SECOND / 1e9));
    StatisticsNeeded needed = statisticsNeeded();
    if (!needed.isEmpty()) {
      line(text, "first of all", firstOfAll(needed));
    }
    screenings().forEach(screening -> line(text, "screen", describe(screening)));
    notes.forEach(note -> line(text, "note", note));
    return text.toString();
  }

  private String firstOfAll(StatisticsNeeded needed) {
    List<String> parts = new ArrayList<>();
    if (!needed.means().isEmpty()) {
      parts.add(counted(needed.means().size(), "mean") + " of activations");
    }
    if (!needed.noiseLabels().isEmpty()) {
      parts.add("the deviation of embeddings at " + String.join(", ", needed.noiseLabels()));
    }
    return String.join(" and ", parts) + ", over the clean prompts";
  }

  private String describe(Screening screening) {
    return "%s: all places estimated, the first %s by %s measured on every pair, all on %s of them"
        .formatted(
            screening.sweep(),
            screening.top(),
            screening.metric().label(),
            count(screening.sample().size()));
  }

  private boolean isOfAll(PromptSurvey survey) {
    return survey.pairs() == pairs;
  }

  private Optional<String> skipped(PromptSurvey survey) {
    long skipped = survey.pairs() - survey.usable();
    if (skipped == 0) {
      return Optional.empty();
    }
    if (isOfAll(survey)) {
      return Optional.of("%s: %s".formatted(counted(skipped, "pair"), survey.reasons()));
    }
    double share = (double) skipped / survey.pairs();
    return Optional.of(
        "about %s (estimated; of %s: %s)"
            .formatted(
                counted(Math.round(share * pairs), "pair"),
                counted(survey.pairs(), "sampled pair"),
                survey.reasons()));
  }

  private String tokens(PromptSurvey survey) {
    if (survey.usable() == 0) {
      return "unknown: no pair can be used";
    }
    return String.format(
        Locale.ROOT,
        "%.1f (mean of %s)",
        survey.meanTokens(),
        counted(survey.usable(), isOfAll(survey) ? "pair" : "sampled pair"));
  }

  /** Lengths make them exact, but for what a screen will choose. */
  private String cells(PromptSurvey survey) {
    double cells = survey.sum(length -> planned.cells(length));
    boolean exact = isOfAll(survey) && screenings().isEmpty();
    boolean sure = exact || (survey.usable() == survey.pairs() && !cellsAreEstimated());
    double scale = (double) pairs / survey.pairs();
    return count(Math.round(cells * scale)) + (sure ? "" : " (estimated)");
  }

  private String sweeps() {
    return String.join(", ", sites().stream().map(SweepSite::sweep).distinct().toList());
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(String.format(Locale.ROOT, "%-20s %s\n", name, value));
  }

  private static String counted(long number, String what) {
    return count(number) + " " + what + (number == 1 ? "" : "s");
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
