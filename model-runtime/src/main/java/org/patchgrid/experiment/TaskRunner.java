package org.patchgrid.experiment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.patchgrid.study.Measurement;
import org.patchgrid.study.MeasurementSettings;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PairResult;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.RequiredPrediction;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TaskResult;
import org.patchgrid.study.TokenizedPair;

/** Goes through the pairs of one task, those of one length together. Belongs to one thread. */
final class TaskRunner {

  private final ModelStructure structure;
  private final Function<PromptPair, TokenizedPair> tokenize;
  private final PatchEngine engine;
  private final Readout readout;
  private final List<SweepSite> planSites;
  private final List<SweepSite> taskSites;
  private final MeasurementSettings settings;
  private final LongConsumer cellsDone;
  private final boolean reportsPairs;
  private final Audit audit;

  private final List<PairResult> pairResults = new ArrayList<>();
  private final List<Measurement> measurements = new ArrayList<>();
  private long cells;

  /**
   * @param tokenize for the model: what it cannot run is not usable
   * @param planSites all sites of the plan: whether a pair is usable must not depend on the task
   * @param cellsDone told the number of cells done since the last time
   */
  TaskRunner(
      ModelStructure structure,
      Function<PromptPair, TokenizedPair> tokenize,
      PatchEngine engine,
      Readout readout,
      PatchTask task,
      List<SweepSite> planSites,
      MeasurementSettings settings,
      LongConsumer cellsDone,
      Audit audit) {
    this.structure = structure;
    this.tokenize = tokenize;
    this.engine = engine;
    this.readout = readout;
    this.planSites = planSites;
    this.taskSites = planSites.subList(task.firstSite(), task.endSite());
    this.settings = settings;
    this.cellsDone = cellsDone;
    this.reportsPairs = task.reportsPairs();
    this.audit = audit;
  }

  TaskResult run(List<PromptPair> pairs) {
    Map<Integer, List<TokenizedPair>> byLength = new TreeMap<>();
    for (PromptPair pair : pairs) {
      TokenizedPair tokenized = SiteExpansion.requireEverySite(tokenize.apply(pair), planSites);
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
    List<PairCells> work = toPatch.stream().map(this::cells).toList();
    List<PairStates> states = engine.run(work);
    audit.check(work, states);
    for (int i = 0; i < work.size(); i++) {
      measure(work.get(i), states.get(i));
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

  private PairCells cells(TokenizedPair pair) {
    SiteExpansion expansion = new SiteExpansion(structure.layers());
    return new PairCells(
        pair, taskSites.stream().flatMap(site -> expansion.cells(site, pair).stream()).toList());
  }

  private void measure(PairCells pair, PairStates states) {
    BaseRuns base = BaseRuns.of(pair.pair(), states, readout);
    PairMeasurements measured = measurements(base);
    measurements.addAll(
        measured.of(pair, states, new ForcedOutcome(pair.pair(), structure.layers())));
    cells += pair.cells().size();
    cellsDone.accept(pair.cells().size());
    report(base.result(pair.pair(), measured.note()));
  }

  private PairMeasurements measurements(BaseRuns base) {
    return new PairMeasurements(base, readout, settings);
  }

  /** The pair, rejected if the study requires a prediction that the model does not make. */
  private TokenizedPair judge(TokenizedPair pair, BaseRuns base) {
    if (!base.answers().contains(base.cleanTop1())) {
      return pair.rejected(
          PairStatus.WRONG_PREDICTION,
          prediction("clean", base.cleanTop1(), "answer", base.answers()));
    }
    if (settings.require() == RequiredPrediction.BOTH
        && !base.foils().contains(base.corruptedTop1())) {
      return pair.rejected(
          PairStatus.WRONG_PREDICTION,
          prediction("corrupted", base.corruptedTop1(), "foil", base.foils()));
    }
    return pair;
  }

  private static String prediction(String run, int top1, String role, List<Integer> expected) {
    return expected.isEmpty()
        ? "prompts.require needs the pair's %s, which is not given".formatted(role)
        : "the %s run predicts token %d, not the %s %s".formatted(run, top1, role, expected);
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
