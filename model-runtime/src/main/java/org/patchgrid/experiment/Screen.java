package org.patchgrid.experiment;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.patchgrid.metric.Metric;
import org.patchgrid.patch.ForcedOutcome;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PairStates;
import org.patchgrid.patch.PatchEngine;
import org.patchgrid.study.AnswerTokens;
import org.patchgrid.study.Measurement;
import org.patchgrid.study.MeasurementSettings;
import org.patchgrid.study.RecoveryError;
import org.patchgrid.study.TokenizedPair;

/**
 * Holds cells of a study in another number type against float32 and collects how far their
 * recoveries are from it. Belongs to one thread.
 */
final class Screen {
  private final PatchEngine float32;
  private final Readout readout;
  private final MeasurementSettings settings;
  private final int layers;
  private final Map<Metric, RecoveryError> byMetric = new EnumMap<>(Metric.class);

  Screen(PatchEngine float32, Readout readout, MeasurementSettings settings, int layers) {
    this.float32 = float32;
    this.readout = readout;
    this.settings = settings;
    this.layers = layers;
  }

  /** All cells of a pair against the same runs in float32, which it gives back. */
  PairStates compare(PairCells pair, PairStates found) {
    PairStates inFloat32 = float32.run(List.of(pair)).get(0);
    TokenizedPair answered = pair.noise().isEmpty() ? pair.pair() : withFoilOfPrompt(pair.pair());
    List<Measurement> measured = measurements(answered, pair, found);
    List<Measurement> expected = measurements(answered, pair, inFloat32);
    for (int i = 0; i < measured.size(); i++) {
      add(measured.get(i), expected.get(i));
    }
    return inFloat32;
  }

  /** As in the study: {@code auto} is what the corrupted prompt predicts, not what noise does. */
  private TokenizedPair withFoilOfPrompt(TokenizedPair pair) {
    if (!(pair.foil() instanceof AnswerTokens.Auto)) {
      return pair;
    }
    PairStates ofPrompts = float32.run(List.of(new PairCells(pair, List.of()))).get(0);
    List<Integer> foils = BaseRuns.of(pair, ofPrompts, readout).foils();
    return foils.isEmpty() ? pair : pair.withFoil(new AnswerTokens.Known(foils));
  }

  private List<Measurement> measurements(
      TokenizedPair answered, PairCells pair, PairStates states) {
    BaseRuns base = BaseRuns.of(answered, states, readout);
    return new PairMeasurements(base, readout, settings)
        .of(pair, List.of(states), new ForcedOutcome(pair, layers));
  }

  private void add(Measurement measured, Measurement expected) {
    if (measured.recovery().isPresent() && expected.recovery().isPresent()) {
      byMetric.merge(
          measured.metric(),
          RecoveryError.between(
              measured.recovery().getAsDouble(), expected.recovery().getAsDouble()),
          RecoveryError::plus);
    }
  }

  Map<Metric, RecoveryError> errors() {
    return byMetric;
  }
}
