package org.patchgrid.experiment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.patchgrid.metric.Metric;
import org.patchgrid.metric.MetricReader;
import org.patchgrid.metric.Recovery;
import org.patchgrid.metric.RunLogits;
import org.patchgrid.metric.UnembeddingFactor;
import org.patchgrid.patch.ForcedOutcome;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PairStates;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.study.CellStatus;
import org.patchgrid.study.Measurement;
import org.patchgrid.study.MeasurementSettings;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.transformer.Transformer;

/** Turns the logits of one pair's runs into measurements: values, recovery, effect, status. */
final class PairMeasurements {
  private static final double[] UNREAD = {};
  private static final float[] NO_LOGITS = {};

  private final Readout readout;
  private final boolean needsVocabulary;
  private final Optional<UnembeddingFactor.Comparison> comparison;
  private final MetricReader reader;
  private final List<Metric> metrics;
  private final List<Metric> unreadable;
  private final double[] clean;
  private final double[] corrupted;
  private final IdentityHashMap<float[], double[]> ofBase;

  /**
   * @param settings whose metrics that need an answer the pair lacks have no rows
   */
  PairMeasurements(BaseRuns base, Readout readout, MeasurementSettings settings) {
    List<Metric> requested = settings.metrics();
    this.readout = readout;
    this.needsVocabulary = settings.needsVocabulary();
    this.comparison =
        settings.needsFactor()
            ? Optional.of(readout.factor().with(base.clean()))
            : Optional.empty();
    this.reader = new MetricReader(base.cleanLogits(), base.answers(), base.foils());
    this.metrics = requested.stream().filter(reader::canRead).toList();
    this.unreadable = requested.stream().filter(m -> !reader.canRead(m)).toList();
    this.clean = read(base.clean(), base.cleanLogits());
    this.corrupted = read(base.corrupted(), base.corruptedLogits());
    this.ofBase = new IdentityHashMap<>();
    ofBase.put(base.corrupted(), corrupted);
    ofBase.put(base.clean(), clean);
  }

  /** Those that the pair has rows of. */
  List<Metric> metrics() {
    return metrics;
  }

  /** Why some metrics have no rows; empty when all have. */
  Optional<String> note() {
    if (unreadable.isEmpty()) {
      return Optional.empty();
    }
    String names = unreadable.stream().map(Metric::label).collect(Collectors.joining(", "));
    Stream<String> answer = reader.answers().length > 0 ? Stream.of() : Stream.of("no answer");
    boolean lacksFoil =
        reader.foils().length == 0 && unreadable.stream().anyMatch(Metric::needsFoil);
    Stream<String> foil = lacksFoil ? Stream.of("no foil") : Stream.of();
    String lacking = Stream.concat(answer, foil).collect(Collectors.joining(" and "));
    return Optional.of(lacking + ": no rows for " + names);
  }

  List<Measurement> of(PairCells pair, PairStates states, ForcedOutcome forced) {
    return rows(pair, corrupted, List.of(states), ofBase, forced);
  }

  /**
   * The rows of cells whose corrupted run is one of several: values are means over these, and
   * recovery is that of the means.
   */
  List<Measurement> of(PairCells pair, List<PairStates> samples, ForcedOutcome forced) {
    List<float[]> states = samples.stream().map(PairStates::corrupted).toList();
    IdentityHashMap<float[], double[]> unpatched = values(states, ofBase);
    samples.forEach(sample -> unpatched.put(sample.clean(), clean)); // the pair's clean run again
    return rows(pair, mean(states, unpatched), samples, unpatched, forced);
  }

  /**
   * The rows of estimates: the target run's value and the change. Where there is no estimate, there
   * is no value. What a patch there would do by construction is no finding as an estimate either.
   */
  List<Measurement> of(List<AttributedCells.Estimate> estimates, ForcedOutcome forced, int length) {
    List<Measurement> measurements = new ArrayList<>();
    for (AttributedCells.Estimate estimate : estimates) {
      PatchedCell cell = estimate.cell();
      boolean denoising = cell.cell().direction() == PatchDirection.DENOISING;
      boolean isForced = forced.applies(cell.run());
      for (int i = 0; i < metrics.size(); i++) {
        OptionalDouble change = estimate.change(metrics.get(i), length);
        double target = denoising ? corrupted[i] : clean[i];
        measurements.add(
            change.isPresent()
                ? measurement(cell, i, corrupted[i], target + change.getAsDouble(), isForced)
                : withoutRecovery(
                    cell,
                    i,
                    corrupted[i],
                    Double.NaN,
                    isForced ? CellStatus.BY_CONSTRUCTION : CellStatus.OK));
      }
    }
    return measurements;
  }

  private List<Measurement> rows(
      PairCells pair,
      double[] ofCorrupted,
      List<PairStates> samples,
      IdentityHashMap<float[], double[]> unpatched,
      ForcedOutcome forced) {
    boolean comparable = pair.noise().isPresent() || pair.pair().hasCorrupted();
    double[] baseline = comparable ? ofCorrupted : undefined();
    IdentityHashMap<float[], double[]> values =
        values(
            samples.stream()
                .flatMap(sample -> sample.patched().stream())
                .flatMap(Optional::stream)
                .toList(),
            unpatched);
    List<Measurement> measurements = new ArrayList<>();
    for (int i = 0; i < pair.cells().size(); i++) {
      PatchedCell cell = pair.cells().get(i);
      int place = i;
      List<float[]> states =
          samples.stream().flatMap(sample -> sample.patched().get(place).stream()).toList();
      boolean failed = states.size() < samples.size();
      double[] patched = failed ? undefined() : mean(states, values);
      boolean isForced = forced.applies(cell.run());
      for (int metric = 0; metric < metrics.size(); metric++) {
        if (failed) {
          measurements.add(
              withoutRecovery(cell, metric, baseline[metric], patched[metric], CellStatus.FAILED));
        } else if (comparable) {
          measurements.add(measurement(cell, metric, baseline[metric], patched[metric], isForced));
        } else {
          measurements.add(withoutBaseline(cell, metric, patched[metric]));
        }
      }
    }
    return measurements;
  }

  private double[] mean(List<float[]> states, IdentityHashMap<float[], double[]> values) {
    if (states.size() == 1) {
      return values.getOrDefault(states.get(0), UNREAD);
    }
    double[] mean = new double[metrics.size()];
    for (float[] state : states) {
      double[] ofState = values.getOrDefault(state, UNREAD);
      Arrays.setAll(mean, i -> mean[i] + ofState[i]);
    }
    Arrays.setAll(mean, i -> mean[i] / states.size());
    return mean;
  }

  private Measurement withoutBaseline(PatchedCell cell, int i, double patched) {
    boolean finite = Double.isFinite(clean[i]) && Double.isFinite(patched);
    CellStatus status = finite ? CellStatus.NO_BASELINE : CellStatus.NOT_FINITE;
    return withoutRecovery(cell, i, Double.NaN, patched, status);
  }

  private double[] undefined() {
    double[] undefined = new double[metrics.size()];
    Arrays.fill(undefined, Double.NaN);
    return undefined;
  }

  private Measurement measurement(
      PatchedCell cell, int i, double corrupted, double patched, boolean forced) {
    if (!Double.isFinite(clean[i]) || !Double.isFinite(corrupted) || !Double.isFinite(patched)) {
      return withoutRecovery(cell, i, corrupted, patched, CellStatus.NOT_FINITE);
    }
    boolean hasRecovery = metrics.get(i).hasRecovery();
    OptionalDouble recovery =
        hasRecovery ? Recovery.of(clean[i], corrupted, patched) : OptionalDouble.empty();
    boolean degenerate = hasRecovery && recovery.isEmpty();
    CellStatus status =
        forced
            ? CellStatus.BY_CONSTRUCTION
            : degenerate ? CellStatus.DEGENERATE_BASELINE : CellStatus.OK;
    return row(cell, i, corrupted, patched, recovery, status);
  }

  private Measurement withoutRecovery(
      PatchedCell cell, int i, double corrupted, double patched, CellStatus status) {
    return row(cell, i, corrupted, patched, OptionalDouble.empty(), status);
  }

  private Measurement row(
      PatchedCell cell,
      int i,
      double corrupted,
      double patched,
      OptionalDouble recovery,
      CellStatus status) {
    return Measurement.of(
        cell.cell(),
        metrics.get(i),
        finite(clean[i]),
        finite(corrupted),
        finite(patched),
        recovery,
        status);
  }

  /** What each metric is for runs with these states; NaN where a logit is not finite. */
  IdentityHashMap<float[], double[]> values(List<float[]> states) {
    return values(states, ofBase);
  }

  /**
   * The same, and what was known before. A run whose state is that of a known one has its values to
   * the last bit: logits may have others in a larger product, where the kernel does not keep a
   * row's bits.
   */
  private IdentityHashMap<float[], double[]> values(
      List<float[]> states, IdentityHashMap<float[], double[]> known) {
    IdentityHashMap<float[], double[]> values = new IdentityHashMap<>(known);
    List<float[]> block = new ArrayList<>();
    for (float[] state : states) {
      if (!values.containsKey(state)) {
        Optional<float[]> same =
            known.keySet().stream().filter(other -> Arrays.equals(other, state)).findFirst();
        values.put(state, same.map(known::get).orElse(UNREAD));
        if (same.isEmpty()) {
          block.add(state);
        }
      }
      if (block.size() == Transformer.LOGITS_ROWS) {
        read(block, values);
      }
    }
    read(block, values);
    return values;
  }

  private void read(List<float[]> block, IdentityHashMap<float[], double[]> values) {
    List<float[]> logits =
        needsVocabulary && !block.isEmpty()
            ? readout.logits(block)
            : Collections.nCopies(block.size(), NO_LOGITS);
    for (int i = 0; i < block.size(); i++) {
      values.put(block.get(i), read(block.get(i), logits.get(i)));
    }
    block.clear();
  }

  /**
   * @param logits [V], of use only where a metric needs the vocabulary
   */
  private double[] read(float[] state, float[] logits) {
    double[] answers = readout.logits(state, reader.answers());
    double[] foils = readout.logits(state, reader.foils());
    RunLogits ofRun =
        needsVocabulary
            ? RunLogits.ofVocabulary(logits, answers, foils)
            : RunLogits.ofAnswers(answers, foils);
    RunLogits known = comparison.map(c -> ofRun.withGeometry(c.of(state))).orElse(ofRun);
    return known.isFinite() ? reader.read(metrics, known) : undefined();
  }

  private static OptionalDouble finite(double value) {
    return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
  }
}
