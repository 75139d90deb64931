package org.patchgrid.experiment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.patchgrid.patch.ForcedOutcome;
import org.patchgrid.patch.NoiseSample;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PairStates;
import org.patchgrid.patch.PatchEngine;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.patch.SiteExpansion;
import org.patchgrid.patch.SiteRequirements;
import org.patchgrid.study.CellSelection;
import org.patchgrid.study.Corruption;
import org.patchgrid.study.Labels;
import org.patchgrid.study.Measurement;
import org.patchgrid.study.MeasurementSettings;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PairResult;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptSetStatistics;
import org.patchgrid.study.RequiredPrediction;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TaskResult;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;

/** Goes through the pairs of one task, those of one length together. Belongs to one thread. */
final class TaskRunner {

  private final ModelStructure structure;
  private final Function<PromptPair, TokenizedPair> tokenize;
  private final PatchEngine engine;
  private final Readout readout;
  private final SiteRequirements requirements;
  private final List<SweepSite> runSites;
  private final List<SweepSite> attributedSites;
  private final MeasurementSettings settings;
  private final PromptSetStatistics statistics;
  private final CellSelection selection;
  private final AttributedCells attributed;
  private final boolean reportsPairs;
  private final Audit audit;

  private final List<PairResult> pairResults = new ArrayList<>();
  private final List<Measurement> measurements = new ArrayList<>();
  private long cells;

  /**
   * @param tokenize for the model: what it cannot run is not usable
   * @param planSites all sites of the plan: whether a pair is usable must not depend on the task
   */
  TaskRunner(
      ModelStructure structure,
      Function<PromptPair, TokenizedPair> tokenize,
      PatchEngine engine,
      Readout readout,
      PatchTask task,
      List<SweepSite> planSites,
      MeasurementSettings settings,
      PromptSetStatistics statistics,
      CellSelection selection,
      AttributedCells attributed,
      Audit audit) {
    this.structure = structure;
    this.tokenize = tokenize;
    this.engine = engine;
    this.readout = readout;
    this.requirements = new SiteRequirements(planSites);
    this.statistics = statistics;
    this.selection = selection;
    this.attributed = attributed;
    List<SweepSite> taskSites = planSites.subList(task.firstSite(), task.endSite());
    this.runSites = taskSites.stream().filter(SweepSite::isRun).toList();
    this.attributedSites = taskSites.stream().filter(site -> !site.isRun()).toList();
    this.settings = settings;
    this.reportsPairs = task.reportsPairs();
    this.audit = audit;
  }

  TaskResult run(List<PromptPair> pairs) {
    Map<Integer, List<TokenizedPair>> byLength = new TreeMap<>();
    for (PromptPair pair : pairs) {
      TokenizedPair tokenized = requirements.require(tokenize.apply(pair));
      if (tokenized.isUsable()) {
        byLength
            .computeIfAbsent(tokenized.clean().length(), length -> new ArrayList<>())
            .add(tokenized);
      } else {
        report(notRun(tokenized));
      }
    }
    byLength.values().forEach(this::measure);
    long auditedCells = audit.end();
    pairResults.sort(Comparator.comparingLong(result -> result.tokenized().pair().number()));
    measurements.sort(Measurement.ROW_ORDER);
    return new TaskResult(pairResults, measurements, cells, auditedCells, audit.recoveryErrors());
  }

  private void report(PairResult result) {
    if (reportsPairs) {
      pairResults.add(result);
    }
  }

  /** Measures pairs of equal length. */
  private void measure(List<TokenizedPair> pairs) {
    List<TokenizedPair> toPatch = pairs;
    if (settings.require() != RequiredPrediction.NONE) {
      toPatch = rightlyPredicted(pairs);
    }
    if (toPatch.isEmpty()) {
      return;
    }
    List<PairWork> work = toPatch.stream().map(this::work).toList();
    List<PairCells> cellsOfAll = work.stream().flatMap(pair -> pair.all().stream()).toList();
    List<PairStates> states = engine.run(cellsOfAll);
    audit.check(cellsOfAll, states);
    int next = 0;
    for (PairWork pair : work) {
      int end = next + pair.all().size();
      measure(pair, states.subList(next, end));
      next = end;
    }
  }

  /** The pairs whose predictions are as required; the others are reported with the reason. */
  private List<TokenizedPair> rightlyPredicted(List<TokenizedPair> pairs) {
    List<PairStates> states =
        engine.run(pairs.stream().map(pair -> new PairCells(pair, List.of())).toList());
    List<TokenizedPair> right = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i++) {
      BaseRuns base = BaseRuns.of(pairs.get(i), states.get(i), readout);
      TokenizedPair judged = judge(pairs.get(i), base);
      if (judged.isUsable()) {
        right.add(judged);
      } else {
        report(base.result(judged, measurements(base).note()));
      }
    }
    return right;
  }

  /**
   * The cells of a pair by what corrupts it.
   *
   * @param prompt those against the corrupted prompt, perhaps none
   * @param noised those against noise, one entry a sample, by corruption
   */
  private record PairWork(PairCells prompt, List<List<PairCells>> noised) {
    List<PairCells> all() {
      List<PairCells> all = new ArrayList<>(List.of(prompt));
      noised.forEach(all::addAll);
      return all;
    }

    /** Cells, however many samples each has. */
    long cells() {
      return prompt.cells().size()
          + noised.stream().mapToLong(samples -> samples.get(0).cells().size()).sum();
    }
  }

  private PairWork work(TokenizedPair pair) {
    SiteExpansion expansion = new SiteExpansion(structure);
    Map<Corruption, List<PatchedCell>> cellsOf = new LinkedHashMap<>();
    for (SweepSite site : runSites) {
      cellsOf
          .computeIfAbsent(site.corruption(), corruption -> new ArrayList<>())
          .addAll(
              expansion.cells(site, pair).stream()
                  .filter(cell -> selection.includes(cell.cell(), pair.pair().number()))
                  .toList());
    }
    List<PatchedCell> ofPrompt =
        Optional.ofNullable(cellsOf.remove(Corruption.PROMPT)).orElse(List.of());
    List<List<PairCells>> noised = new ArrayList<>();
    cellsOf.forEach(
        (corruption, ofNoise) -> noised.add(samples(pair, (Corruption.Noise) corruption, ofNoise)));
    return new PairWork(new PairCells(pair, ofPrompt), noised);
  }

  private List<PairCells> samples(
      TokenizedPair pair, Corruption.Noise noise, List<PatchedCell> ofNoise) {
    TokenSpan span = Labels.resolve(noise.label(), pair).orElseThrow();
    double scale = noise.factor() * statistics.deviation(noise.label());
    return IntStream.range(0, noise.samples())
        .mapToObj(sample -> new NoiseSample(span, scale, noise.seed(), pair.pair().id(), sample))
        .map(sample -> new PairCells(pair, Optional.of(sample), ofNoise))
        .toList();
  }

  /**
   * @param states one for each of the pair's {@link PairWork#all}
   */
  private void measure(PairWork pair, List<PairStates> states) {
    TokenizedPair tokenized = pair.prompt().pair();
    BaseRuns base = BaseRuns.of(tokenized, states.get(0), readout);
    PairMeasurements measured = measurements(base);
    measurements.addAll(measured.of(pair.prompt(), states.get(0), forced(pair.prompt())));
    int next = 1;
    for (List<PairCells> samples : pair.noised()) {
      int end = next + samples.size();
      PairCells cellsOfNoise = samples.get(0);
      measurements.addAll(
          measured.of(cellsOfNoise, states.subList(next, end), forced(cellsOfNoise)));
      next = end;
    }
    List<AttributedCells.Estimate> estimates =
        attributed.of(tokenized, base, attributedSites, measured.metrics());
    measurements.addAll(measured.of(estimates, forced(pair.prompt()), tokenized.clean().length()));
    cells += pair.cells() + estimates.size();
    report(base.result(tokenized, measured.note()));
  }

  private ForcedOutcome forced(PairCells pair) {
    return new ForcedOutcome(pair, structure.layers());
  }

  private PairMeasurements measurements(BaseRuns base) {
    return new PairMeasurements(base, readout, settings);
  }

  /** The pair, rejected if the study requires a prediction that the model does not make. */
  private TokenizedPair judge(TokenizedPair pair, BaseRuns base) {
    if (!contains(base.answers(), base.cleanTop1())) {
      return pair.rejected(
          PairStatus.WRONG_PREDICTION,
          prediction("clean", base.cleanTop1(), "answer", base.answers()));
    }
    if (settings.require() == RequiredPrediction.BOTH && !pair.hasCorrupted()) {
      return pair.rejected(
          PairStatus.WRONG_PREDICTION, "prompts.require = both needs a corrupted prompt");
    }
    if (settings.require() == RequiredPrediction.BOTH
        && !contains(base.foils(), base.corruptedTop1())) {
      return pair.rejected(
          PairStatus.WRONG_PREDICTION,
          prediction("corrupted", base.corruptedTop1(), "foil", base.foils()));
    }
    return pair;
  }

  private static boolean contains(List<Integer> expected, OptionalInt top1) {
    return top1.isPresent() && expected.contains(top1.getAsInt());
  }

  private static String prediction(
      String run, OptionalInt top1, String role, List<Integer> expected) {
    if (top1.isEmpty()) {
      return "the %s run predicts no token: a logit is not a number".formatted(run);
    }
    return expected.isEmpty()
        ? "prompts.require needs the pair's %s, which is not given".formatted(role)
        : "the %s run predicts token %d, not the %s %s"
            .formatted(run, top1.getAsInt(), role, expected);
  }

  private static PairResult notRun(TokenizedPair pair) {
    return new PairResult(
        pair,
        BaseRuns.first(BaseRuns.known(pair.answer())),
        BaseRuns.first(BaseRuns.known(pair.foil())),
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty());
  }
}
