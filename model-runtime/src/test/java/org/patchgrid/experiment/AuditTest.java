package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.estimate.SweepCost;
import org.patchgrid.kernel.TensorKernels;
import org.patchgrid.metric.Metric;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PairStates;
import org.patchgrid.patch.PatchEngine;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Device;
import org.patchgrid.study.Distances;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Engine;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.MeasurementSettings;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.PatchTask;
import org.patchgrid.study.Positions;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.RequiredPrediction;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TaskResult;
import org.patchgrid.wave.SweepSchedule;
import org.patchgrid.weights.ModelDescription;

/** What an audit lets pass and what it does not. */
class AuditTest {
  private static final int LENGTH = 7;

  private final ModelStructure structure =
      ModelDescription.read(TestModels.atlas()).structure(); // sizes only

  // On a model.

  static Set<Kernel> kernelsOfThisMachine() {
    return EnumSet.of(Kernel.PLAIN, TensorKernels.best());
  }

  @ParameterizedTest
  @MethodSource("kernelsOfThisMachine")
  void passesOnTheSweepsOwnStates(Kernel kernel) {
    try (LoadedModel model =
            LoadedModel.load(TestModels.atlas(), kernel, Dtype.FLOAT32, Device.CPU, 0);
        NDManager manager = model.newManager()) {
      List<PairCells> pairs = pairs(4, LENGTH);
      Audit audit = audit(model, kernel, manager);
      audit.check(pairs, model.engine(computation(1), manager).run(pairs));
      assertThat(audit.end()).isPositive();
    }
  }

  @Test
  void oneBitOfOneStateIsFound() {
    try (LoadedModel model = LoadedModel.load(TestModels.atlas());
        NDManager manager = model.newManager()) {
      List<PairCells> pairs = pairs(1, LENGTH);
      int cell = AuditCells.leastHash(pairs.get(0));
      PatchEngine faulty = new BitFlip(model.engine(computation(1), manager), cell);
      // The strict rule, whatever kernel this machine has.
      Audit audit = audit(model, Kernel.ONEDNN, manager);
      assertThatThrownBy(
              () -> {
                audit.check(pairs, faulty.run(pairs));
                audit.end();
              })
          .isInstanceOf(AuditException.class)
          .hasMessageStartingWith(
              "The audit disagrees about the cell sweep test, pair 'pair-0', denoising, "
                  + pairs.get(0).cells().get(cell).cell().component()
                  + ", layer "
                  + pairs.get(0).cells().get(cell).cell().layer()
                  + ", window 1, position "
                  + pairs.get(0).cells().get(cell).cell().position().orElseThrow()
                  + ": state["
                  + BitFlip.PLACE
                  + "] is ")
          .hasMessageContaining(" by a forward pass of its own, the largest difference, ")
          .hasMessageContaining(", where the same bits are promised.");
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.001, 1})
  void taskHasTheSameResultAndAtLeastOneAuditedCell(double share) {
    try (LoadedModel model = LoadedModel.load(TestModels.atlas())) {
      TaskResult plain = task(model, Computation.of(Engine.WAVEFRONT));
      TaskResult audited = task(model, computation(share));
      assertThat(audited.measurements()).isEqualTo(plain.measurements());
      assertThat(audited.pairs()).isEqualTo(plain.pairs());
      assertThat(plain.auditedCells()).isZero();
      assertThat(audited.auditedCells()).isEqualTo(share == 0 ? 0 : 1);
      assertThat(task(model, new Computation(Engine.REFERENCE, 0, share)).auditedCells()).isZero();
    }
  }

  private static TaskResult task(LoadedModel model, Computation computation) {
    List<PromptPair> pairs =
        List.of(
            TestPairs.ofTexts(
                0,
                "short",
                "The capital of France is",
                "The capital of Italy is",
                " Paris",
                " Rome"),
            TestPairs.ofTexts(
                1,
                "long",
                "When Mary and John went to the store, John gave a ring to",
                "When Mary and John went to the store, Mary gave a ring to",
                " Mary",
                " John"));
    List<SweepSite> sites = new ArrayList<>();
    for (int layer = 0; layer < model.structure().layers(); layer++) {
      PatchSite site =
          new PatchSite(Component.MLP, layer, 1, HeadSelection.ALL, new Positions.Each());
      sites.add(new SweepSite("sweep", PatchDirection.DENOISING, site));
    }
    MeasurementSettings settings =
        new MeasurementSettings(
            List.of(Metric.L2),
            Distances.LOGITS,
            BosPolicy.TOKENIZER,
            AnswerTokenPolicy.ONE,
            RequiredPrediction.NONE);
    return model.run(
        new PatchTask(0, 0, 2, 0, sites.size()),
        pairs,
        new StudyWork(sites, settings, computation));
  }

  private static Audit audit(LoadedModel model, Kernel kernel, NDManager manager) {
    Readout readout =
        new Readout(
            model.transformer(),
            manager,
            () -> {
              throw new IllegalStateException("An audit compares logits");
            });
    return new Audit(
        model.structure(),
        computation(1),
        model.engine(Computation.of(Engine.REFERENCE), manager),
        new AuditRule(kernel, state -> readout.logits(List.of(state)).get(0)),
        Optional.empty());
  }

  /** An engine with a fault: one bit of the state of one cell of the first pair. */
  private record BitFlip(PatchEngine engine, int cell) implements PatchEngine {
    static final int PLACE = 17;

    @Override
    public List<PairStates> run(List<PairCells> pairs) {
      List<PairStates> states = new ArrayList<>(engine.run(pairs));
      PairStates first = states.get(0);
      List<Optional<float[]>> patched = new ArrayList<>(first.patched());
      float[] wrong = patched.get(cell).orElseThrow().clone();
      wrong[PLACE] = Float.intBitsToFloat(Float.floatToRawIntBits(wrong[PLACE]) ^ 1);
      patched.set(cell, Optional.of(wrong));
      states.set(0, new PairStates(first.clean(), first.corrupted(), patched));
      return states;
    }
  }

  // How much, with an oracle that computes nothing and counts what it is asked for.

  @Test
  void aTaskHasAtLeastOneAuditedCell() {
    for (double share : List.of(1e-9, 0.001, 1.0)) {
      CountingOracle oracle = new CountingOracle(values(1));
      Audit audit = audit(share, Kernel.ONEDNN, oracle);
      for (int length = 3; length < 6; length++) {
        check(audit, pairs(1, length), values(1));
      }
      assertThat(oracle.cells).as("too dear to be in the share").isZero();
      assertThat(audit.end()).isEqualTo(1);
      assertThat(oracle.cells).isEqualTo(1);
    }
  }

  @Test
  void costsAtMostTwoPercent() {
    CountingOracle oracle = new CountingOracle(values(1));
    Audit audit = audit(1, Kernel.ONEDNN, oracle);
    double operations = 0;
    double spent = 0;
    for (int length = 4; length < 9; length++) {
      List<PairCells> pairs = pairs(40, length);
      long passes = oracle.passes;
      check(audit, pairs, values(1));
      operations += SweepSchedule.of(structure, pairs, Computation.AUTO).operations();
      spent += (oracle.passes - passes) * SweepCost.ofPass(structure, length);
      assertThat(spent).isLessThanOrEqualTo(Audit.LARGEST_COST * operations);
    }
    assertThat(spent).isGreaterThan(0.8 * Audit.LARGEST_COST * operations);
    assertThat(audit.end()).isEqualTo(oracle.cells);
    assertThat(oracle.passes).as("few pairs").isLessThan(2 * oracle.cells);
  }

  @Test
  void auditsTheShareOfCellsWhereItIsCheap() {
    CountingOracle oracle = new CountingOracle(values(1));
    Audit audit = audit(0.001, Kernel.ONEDNN, oracle);
    List<PairCells> pairs = pairs(60, LENGTH); // of 84 cells each
    check(audit, pairs, values(1));
    assertThat(audit.end()).isEqualTo(5);
  }

  @Test
  void nothingToAudit() {
    CountingOracle oracle = new CountingOracle(values(1));
    assertThat(audit(1, Kernel.ONEDNN, oracle).end()).isZero();
    Audit off = audit(0, Kernel.ONEDNN, oracle);
    check(off, pairs(3, LENGTH), values(1));
    assertThat(off.end()).isZero();
    Audit failed = audit(1, Kernel.ONEDNN, oracle);
    PairCells pair = AuditCells.pair("pair", structure.layers(), LENGTH);
    failed.check(
        List.of(pair),
        List.of(
            new PairStates(
                values(1), values(1), Collections.nCopies(pair.cells().size(), Optional.empty()))));
    assertThat(failed.end()).isZero();
    assertThat(oracle.passes).isZero();
  }

  // What is compared, with states that are their own logits.

  @Test
  void otherBitsAreAllowedWhereNoneArePromised() {
    float[] expected = {100, 1, -2};
    compare(Kernel.PLAIN, new float[] {100, 1.009f, -2}, expected);
    assertThatThrownBy(() -> compare(Kernel.ONEDNN, new float[] {100, 1.009f, -2}, expected))
        .isInstanceOf(AuditException.class)
        .hasMessageContaining(": state[1] is 1.009 in the sweep and 1.0 by a forward pass");
    assertThatThrownBy(() -> compare(Kernel.PLAIN, new float[] {100, 1, -2.011f}, expected))
        .isInstanceOf(AuditException.class)
        .hasMessageContaining(
            ": logit[2] is -2.011 in the sweep and -2.0 by a forward pass of its own, the largest"
                + " difference, 0.0110, where 0.0100 is allowed.");
  }

  @Test
  void notANumberAgreesWithItselfAlone() {
    float[] expected = {Float.NaN, Float.POSITIVE_INFINITY, 1};
    for (Kernel kernel : Kernel.values()) {
      compare(kernel, expected.clone(), expected);
      for (float[] wrong :
          List.of(
              new float[] {1, Float.POSITIVE_INFINITY, 1},
              new float[] {Float.NaN, 1, 1},
              new float[] {Float.NaN, Float.NEGATIVE_INFINITY, 1},
              new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NaN})) {
        assertThatThrownBy(() -> compare(kernel, wrong, expected))
            .isInstanceOf(AuditException.class);
      }
    }
  }

  @Test
  void theUnpatchedRunsAreComparedToo() {
    PairCells pair = AuditCells.pair("pair", structure.layers(), LENGTH);
    List<Optional<float[]>> patched = patched(pair, values(1));
    Audit clean = audit(1, Kernel.ONEDNN, new CountingOracle(values(1)));
    clean.check(List.of(pair), List.of(new PairStates(values(2), values(1), patched)));
    assertThatThrownBy(clean::end)
        .hasMessageStartingWith("The audit disagrees about the clean run of pair 'ids': state[0] ");
    Audit corrupted = audit(1, Kernel.ONEDNN, new CountingOracle(values(1)));
    corrupted.check(List.of(pair), List.of(new PairStates(values(1), values(2), patched)));
    assertThatThrownBy(corrupted::end)
        .hasMessageStartingWith("The audit disagrees about the corrupted run of pair 'ids': ");
  }

  private void compare(Kernel kernel, float[] found, float[] expected) {
    PairCells pair = AuditCells.pair("pair", structure.layers(), LENGTH);
    Audit audit = audit(1, kernel, new CountingOracle(expected));
    audit.check(List.of(pair), List.of(new PairStates(expected, expected, patched(pair, found))));
    assertThat(audit.end()).isEqualTo(1);
  }

  private static void check(Audit audit, List<PairCells> pairs, float[] state) {
    audit.check(
        pairs,
        pairs.stream().map(pair -> new PairStates(state, state, patched(pair, state))).toList());
  }

  private static List<Optional<float[]>> patched(PairCells pair, float[] state) {
    return Collections.nCopies(pair.cells().size(), Optional.of(state));
  }

  private Audit audit(double share, Kernel kernel, PatchEngine oracle) {
    return new Audit(
        structure,
        computation(share),
        oracle,
        new AuditRule(kernel, state -> state),
        Optional.empty());
  }

  private static Computation computation(double share) {
    return new Computation(Engine.WAVEFRONT, Computation.AUTO, share);
  }

  private List<PairCells> pairs(int count, int length) {
    List<PairCells> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pairs.add(AuditCells.pair("pair-" + i, structure.layers(), length));
    }
    return pairs;
  }

  private static float[] values(float value) {
    return new float[] {value};
  }

  private static final class CountingOracle implements PatchEngine {
    private final float[] state;
    private long cells;
    private long passes;

    CountingOracle(float[] state) {
      this.state = state;
    }

    @Override
    public List<PairStates> run(List<PairCells> pairs) {
      for (PairCells pair : pairs) {
        cells += pair.cells().size();
        passes += AuditSample.UNPATCHED_RUNS + pair.cells().size();
      }
      return pairs.stream().map(p -> new PairStates(state, state, patched(p, state))).toList();
    }
  }
}
