package org.patchgrid.experiment;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.patchgrid.patch.Constants;
import org.patchgrid.patch.ForcedOutcome;
import org.patchgrid.patch.NoiseSample;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PairStates;
import org.patchgrid.patch.PatchEngine;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.patch.SiteExpansion;
import org.patchgrid.patch.SiteRequirements;
import org.patchgrid.study.Corruption;
import org.patchgrid.study.Labels;
import org.patchgrid.study.Measurement;
import org.patchgrid.study.PairResult;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.RequiredPrediction;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TaskResult;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;

/** Goes through the pairs of one task, those of one length together. Belongs to one thread. */
final class TaskRunner {
  private final LoadedModel model;
  private final StudyWork work;
  private final PatchEngine engine;
  private final Readout readout;
  private final SiteRequirements requirements;
  private final List<SweepSite> runSites;
  private final List<SweepSite> attributedSites;
  private final AttributedCells attributed;
  private final boolean reportsPairs;
  private final Audit audit;

  private final List<PairResult> pairResults = new ArrayList<>();
  private final List<Measurement> measurements = new ArrayList<>();
  private long cells;

  /**
   * @param manager owner of all that is made; the caller closes it
   */
  TaskRunner(LoadedModel model, NDManager manager, PatchTask task, StudyWork work) {
    Constants constants = Constants.of(work.statistics());
    List<SweepSite> taskSites = work.sites().subList(task.firstSite(), task.endSite());
    this.model = model;
    this.work = work;
    this.engine = model.engine(work.computation(), manager, constants);
    this.readout = model.readout(manager);
    // of the whole plan: whether a pair is usable must not depend on the task
    this.requirements = new SiteRequirements(work.sites());
    this.runSites = taskSites.stream().filter(SweepSite::isRun).toList();
    this.attributedSites = taskSites.stream().filter(site -> !site.isRun()).toList();
    this.attributed = new AttributedCells(model);
    this.reportsPairs = task.reportsPairs();
    this.audit = model.audit(work, readout, manager, constants);
  }

  TaskResult run(List<PromptPair> pairs) {
    List<TokenizedPair> usable = new ArrayList<>();
    for (PromptPair pair : pairs) {
      TokenizedPair tokenized = requirements.require(model.tokenize(pair, work.settings()));
      if (tokenized.isUsable()) {
        usable.add(tokenized);
      } else {
        report(notRun(tokenized));
      }
    }
    TokenizedPair.byLength(usable).forEach(this::measure);
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

  private void measure(List<TokenizedPair> pairs) {
    List<TokenizedPair> toPatch =
        work.settings().require() == RequiredPrediction.NONE ? pairs : rightlyPredicted(pairs);
    if (toPatch.isEmpty()) {
      return;
    }
    List<PairWork> pairWork = toPatch.stream().map(this::work).toList();
    List<PairCells> cellsOfAll = pairWork.stream().flatMap(pair -> pair.all().stream()).toList();
    List<PairStates> states = engine.run(cellsOfAll);
    audit.check(cellsOfAll, states);
    int next = 0;
    for (PairWork pair : pairWork) {
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
    SiteExpansion expansion = new SiteExpansion(model.structure());
    Map<Corruption, List<PatchedCell>> cellsOf = new LinkedHashMap<>();
    for (SweepSite site : runSites) {
      cellsOf
          .computeIfAbsent(site.corruption(), corruption -> new ArrayList<>())
          .addAll(
              expansion.cells(site, pair).stream()
                  .filter(cell -> work.selection().includes(cell.cell(), pair.pair().number()))
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
    double scale = noise.factor() * work.statistics().deviation(noise.label());
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
    return new ForcedOutcome(pair, model.structure().layers());
  }

  private PairMeasurements measurements(BaseRuns base) {
    return new PairMeasurements(base, readout, work.settings());
  }

  /** The pair, rejected if the study requires a prediction that the model does not make. */
  private TokenizedPair judge(TokenizedPair pair, BaseRuns base) {
    if (!contains(base.answers(), base.cleanTop1())) {
      return pair.rejected(
          PairStatus.WRONG_PREDICTION,
          prediction("clean", base.cleanTop1(), "answer", base.answers()));
    }
    if (work.settings().require() == RequiredPrediction.BOTH && !pair.hasCorrupted()) {
      return pair.rejected(
          PairStatus.WRONG_PREDICTION, "prompts.require = both needs a corrupted prompt");
    }
    if (work.settings().require() == RequiredPrediction.BOTH
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
