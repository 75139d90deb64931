package org.patchgrid.wave;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.patchgrid.kernel.NativeArrays;
import org.patchgrid.patch.Constants;
import org.patchgrid.patch.NoiseSample;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PairStates;
import org.patchgrid.patch.PatchEngine;
import org.patchgrid.study.Device;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.TokenSequence;
import org.patchgrid.transformer.SequenceTables;
import org.patchgrid.transformer.Transformer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fast engine: patched runs are rows of a few forward passes. A row joins at the layer where
 * its patch is written, and has tokens of its own only where it differs from the run patched into;
 * what must coincide is computed once ({@link SweepSchedule}).
 */
public final class WavefrontEngine implements PatchEngine {
  private static final Logger log = LoggerFactory.getLogger(WavefrontEngine.class);

  private final Transformer transformer;
  private final NDManager manager;
  private final int batchRows;
  private final Constants constants;

  /**
   * @param manager owner of all that is made; the caller closes it
   * @param batchRows most patched rows of one pass; {@code Computation.AUTO} to choose
   */
  public WavefrontEngine(
      Transformer transformer, NDManager manager, int batchRows, Constants constants) {
    this.constants = constants;
    this.transformer = transformer;
    this.manager = manager;
    this.batchRows = batchRows;
  }

  @Override
  public List<PairStates> run(List<PairCells> pairs) {
    Device device = manager.getDevice().isGpu() ? Device.GPU : Device.CPU;
    SweepSchedule schedule = SweepSchedule.of(transformer.structure(), pairs, batchRows, device);
    List<States> states = new ArrayList<>();
    pairs.forEach(pair -> states.add(new States()));
    for (Wave wave : schedule.waves()) {
      run(wave, pairs, states);
    }
    return IntStream.range(0, pairs.size())
        .mapToObj(pair -> states.get(pair).of(schedule.outcomes().get(pair)))
        .toList();
  }

  /** What is known of one pair by now. */
  private static final class States {
    private float[] clean = {};
    private float[] corrupted = {};
    private final Map<Outcome.PatchedRow, float[]> patched = new HashMap<>();

    PairStates of(List<Outcome> outcomes) {
      return new PairStates(clean, corrupted, outcomes.stream().map(this::state).toList());
    }

    private Optional<float[]> state(Outcome outcome) {
      if (outcome instanceof Outcome.PatchedRow row) {
        return Optional.ofNullable(patched.get(row));
      }
      boolean cleanRun =
          outcome.direction() == PatchDirection.DENOISING
              ? outcome instanceof Outcome.SourceRun
              : outcome instanceof Outcome.TargetRun;
      return Optional.of(cleanRun ? clean : corrupted);
    }
  }

  /** Runs a wave; one that the engine refuses is run in halves, down to single rows. */
  private void run(Wave wave, List<PairCells> pairs, List<States> states) {
    try {
      store(wave, compute(wave, pairs), states);
    } catch (EngineException e) {
      List<Wave.Row> wanted = wave.wanted();
      if (wanted.isEmpty()) {
        throw e;
      }
      if (wanted.size() == 1) {
        // The engine refused one run (out of memory, say): its cells say so, the task goes on.
        log.warn("The patched run {} failed", wanted.get(0).run(), e);
        run(wave.with(List.of()), pairs, states);
        return;
      }
      int half = wanted.size() / 2;
      log.warn("A wave of {} rows failed: trying halves of it", wave.rows().size(), e);
      run(wave.with(wanted.subList(0, half)), pairs, states);
      run(wave.with(wanted.subList(half, wanted.size())), pairs, states);
    }
  }

  /** [row, d_model] of the wave's rows. */
  private float[] compute(Wave wave, List<PairCells> pairs) {
    WaveRows rows = new WaveRows(wave);
    try (NDManager scope = manager.newSubManager()) {
      SequenceTables tables = transformer.tables(scope, wave.length());
      WaveRun run = new WaveRun(transformer, rows, tables, noise(wave, pairs), constants);
      NDArray ids = NativeArrays.of(scope, ids(wave, run.initialTokens(), pairs));
      return transformer.forward(scope, ids, run, run).toFloatArray();
    }
  }

  /** The pass begins with the tokens of clean and corrupted runs, two rows a pair. */
  private static long[] ids(Wave wave, TokenSet tokens, List<PairCells> pairs) {
    long[] ids = new long[tokens.size()];
    for (int token = 0; token < ids.length; token++) {
      int row = tokens.row(token);
      int place = row / WaveRows.BASE_ROWS;
      PairCells pair = pairs.get(wave.pairs().get(place).index());
      TokenSequence run =
          row == WaveRows.clean(place) ? pair.pair().clean() : pair.corruptedTokens();
      ids[token] = run.ids().get(tokens.position(token));
    }
    return ids;
  }

  private static Map<Integer, NoiseSample> noise(Wave wave, List<PairCells> pairs) {
    Map<Integer, NoiseSample> noise = new HashMap<>();
    for (int place = 0; place < wave.pairs().size(); place++) {
      int row = WaveRows.corrupted(place);
      pairs.get(wave.pairs().get(place).index()).noise().ifPresent(n -> noise.put(row, n));
    }
    return noise;
  }

  private void store(Wave wave, float[] values, List<States> states) {
    int width = transformer.structure().modelWidth();
    for (int place = 0; place < wave.pairs().size(); place++) {
      States pair = states.get(wave.pairs().get(place).index());
      pair.clean = row(values, WaveRows.clean(place), width);
      pair.corrupted = row(values, WaveRows.corrupted(place), width);
    }
    int first = WaveRows.BASE_ROWS * wave.pairs().size();
    for (int i = 0; i < wave.rows().size(); i++) {
      Wave.Row row = wave.rows().get(i);
      if (!row.wanted()) {
        continue; // it may have left on the way
      }
      int pair = wave.pairs().get(row.pair()).index();
      states.get(pair).patched.put(row.run(), row(values, first + i, width));
    }
  }

  private static float[] row(float[] values, int row, int width) {
    return Arrays.copyOfRange(values, row * width, (row + 1) * width);
  }
}
