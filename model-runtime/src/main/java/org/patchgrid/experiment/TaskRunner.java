package org.patchgrid.experiment;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.LongConsumer;
import org.patchgrid.metric.MetricReader;
import org.patchgrid.study.AnswerTokens;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.LayerWindow;
import org.patchgrid.study.Measurement;
import org.patchgrid.study.MeasurementSettings;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PairResult;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.RequiredPrediction;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TaskResult;
import org.patchgrid.study.TokenizedPair;
import org.patchgrid.tokenize.PromptTokenizer;
import org.patchgrid.transformer.Transformer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes through the pairs of one task, one after the other. Belongs to one thread. */
final class TaskRunner {
  private static final Logger log = LoggerFactory.getLogger(TaskRunner.class);

  private final Transformer transformer;
  private final ModelStructure structure;
  private final PromptTokenizer tokenizer;
  private final NDManager manager;
  private final List<SweepSite> planSites;
  private final List<SweepSite> taskSites;
  private final MeasurementSettings settings;
  private final LongConsumer cellsDone;
  private final boolean reportsPairs;

  private final List<PairResult> pairResults = new ArrayList<>();
  private final List<Measurement> measurements = new ArrayList<>();
  private long cells;

  /**
   * @param manager owner of all that the task makes; the caller closes it
   * @param planSites all sites of the plan: whether a pair is usable must not depend on the task
   * @param cellsDone told the number of cells done since the last time
   */
  TaskRunner(
      Transformer transformer,
      ModelStructure structure,
      PromptTokenizer tokenizer,
      NDManager manager,
      PatchTask task,
      List<SweepSite> planSites,
      MeasurementSettings settings,
      LongConsumer cellsDone) {
    this.transformer = transformer;
    this.structure = structure;
    this.tokenizer = tokenizer;
    this.manager = manager;
    this.planSites = planSites;
    this.taskSites = planSites.subList(task.firstSite(), task.endSite());
    this.settings = settings;
    this.cellsDone = cellsDone;
    this.reportsPairs = task.reportsPairs();
  }

  TaskResult run(List<PromptPair> pairs) {
    for (PromptPair pair : pairs) {
      TokenizedPair tokenized =
          SiteExpansion.requireEverySite(
              tokenizer.tokenize(pair, settings.bos(), settings.answerToken()), planSites);
      PairResult result = tokenized.isUsable() ? measure(tokenized) : notRun(tokenized);
      if (reportsPairs) {
        pairResults.add(result);
      }
    }
    measurements.sort(Measurement.ROW_ORDER);
    return new TaskResult(pairResults, measurements, cells);
  }

  private PairResult measure(TokenizedPair pair) {
    try (PairRuns runs =
        new PairRuns(
            transformer,
            structure,
            manager,
            pair,
            pointsOf(PatchDirection.DENOISING),
            pointsOf(PatchDirection.NOISING))) {
      int cleanTop1 = MetricReader.argMax(runs.cleanLogits());
      int corruptedTop1 = MetricReader.argMax(runs.corruptedLogits());
      List<Integer> answers = ids(pair.answer(), cleanTop1);
      List<Integer> foils = ids(pair.foil(), corruptedTop1);
      TokenizedPair judged = judge(pair, answers, foils, cleanTop1, corruptedTop1);
      PairMeasurements measured =
          new PairMeasurements(
              runs.cleanLogits(), runs.corruptedLogits(), answers, foils, settings.metrics());
      if (judged.isUsable()) {
        measureCells(pair, runs, measured);
      }
      return new PairResult(
          judged,
          first(answers),
          first(foils),
          OptionalInt.of(cleanTop1),
          OptionalInt.of(corruptedTop1),
          measured.note());
    }
  }

  private void measureCells(TokenizedPair pair, PairRuns runs, PairMeasurements measured) {
    SiteExpansion expansion = new SiteExpansion(structure.layers());
    ForcedOutcome forced = new ForcedOutcome(pair, structure.layers());
    for (SweepSite site : taskSites) {
      List<PatchedCell> siteCells = expansion.cells(site, pair);
      for (PatchedCell cell : siteCells) {
        measurements.addAll(measure(cell, runs, measured, forced.applies(cell)));
      }
      cells += siteCells.size();
      cellsDone.accept(siteCells.size());
    }
  }

  private static List<Measurement> measure(
      PatchedCell cell, PairRuns runs, PairMeasurements measured, boolean forced) {
    try {
      return measured.of(cell, runs.patchedLogits(cell), forced);
    } catch (EngineException e) {
      // The engine refused one run (out of memory, say): the row says so and the task goes on.
      log.warn("The patched run of {} failed", cell.cell(), e);
      return measured.failed(cell);
    }
  }

  /** The pair, rejected if the study requires a prediction that the model does not make. */
  private TokenizedPair judge(
      TokenizedPair pair,
      List<Integer> answers,
      List<Integer> foils,
      int cleanTop1,
      int corruptedTop1) {
    if (settings.require() == RequiredPrediction.NONE) {
      return pair;
    }
    if (!answers.contains(cleanTop1)) {
      return pair.rejected(
          PairStatus.WRONG_PREDICTION, prediction("clean", cleanTop1, "answer", answers));
    }
    if (settings.require() == RequiredPrediction.BOTH && !foils.contains(corruptedTop1)) {
      return pair.rejected(
          PairStatus.WRONG_PREDICTION, prediction("corrupted", corruptedTop1, "foil", foils));
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
        first(known(pair.answer())),
        first(known(pair.foil())),
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty());
  }

  private static List<Integer> ids(AnswerTokens answer, int top1) {
    return answer instanceof AnswerTokens.Auto ? List.of(top1) : known(answer);
  }

  private static List<Integer> known(AnswerTokens answer) {
    return answer instanceof AnswerTokens.Known known ? known.ids() : List.of();
  }

  private static OptionalInt first(List<Integer> ids) {
    return ids.isEmpty() ? OptionalInt.empty() : OptionalInt.of(ids.get(0));
  }

  /** The hook points whose source activations this task's sites of {@code direction} need. */
  private Set<HookPoint> pointsOf(PatchDirection direction) {
    Set<HookPoint> points = new HashSet<>();
    for (SweepSite sweepSite : taskSites) {
      PatchSite site = sweepSite.site();
      if (sweepSite.direction() != direction) {
        continue;
      }
      LayerWindow window = LayerWindow.around(site.layer(), site.window(), structure.layers());
      for (int layer = window.first(); layer < window.end(); layer++) {
        points.add(new HookPoint(site.component(), layer));
      }
    }
    return points;
  }
}
