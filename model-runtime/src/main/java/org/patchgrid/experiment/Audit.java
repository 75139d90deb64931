package org.patchgrid.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.patchgrid.estimate.SweepCost;
import org.patchgrid.metric.Metric;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PairStates;
import org.patchgrid.patch.PatchEngine;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.study.Cell;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Engine;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.RecoveryError;
import org.patchgrid.study.ValueKind;
import org.patchgrid.wave.Outcome;
import org.patchgrid.wave.PairOutcomes;
import org.patchgrid.wave.SweepSchedule;

/**
 * Repeats some cells of a task by one forward pass each and compares ({@link AuditRule}). It only
 * looks: no result is different for it. Belongs to one thread.
 *
 * <p>A task with cells has at least one audited, the one with the least hash, whatever that costs;
 * in a screen a few, of those whose runs the structure leaves open. Beyond them, the study's share
 * of cells as long as they cost no more than 2 % of the task's operations. Shares are counted from
 * group to group, so that groups of few cells are not left out.
 */
final class Audit {
  /** Of the operations counted for the task. */
  static final double LARGEST_COST = 0.02;

  /** Cells of a task without which an error would not be known, whatever they cost. */
  private static final int FEWEST_OF_A_SCREEN = 4;

  private final ModelStructure structure;
  private final Computation computation;
  private final PatchEngine oracle;
  private final AuditRule rule;
  private final Optional<Screen> screen;

  private Optional<AuditSample> least = Optional.empty();
  private long cells;
  private double operations;
  private long auditedCells;
  private double auditOperations;

  /**
   * @param oracle what the computation's engine is compared with
   * @param screen of a study in another number type than float32
   */
  Audit(
      ModelStructure structure,
      Computation computation,
      PatchEngine oracle,
      AuditRule rule,
      Optional<Screen> screen) {
    this.structure = structure;
    this.computation = computation;
    this.oracle = oracle;
    this.rule = rule;
    this.screen = screen;
  }

  /**
   * Audits cells of one group of the task.
   *
   * @param pairs of equal length
   * @param states what the engine made of them
   * @throws AuditException if a cell comes out differently
   */
  void check(List<PairCells> pairs, List<PairStates> states) {
    boolean isOracle = computation.engine() == Engine.REFERENCE && screen.isEmpty();
    if (computation.audit() == 0 || isOracle) {
      return;
    }
    List<AuditSample> samples =
        IntStream.range(0, pairs.size())
            .mapToObj(i -> AuditSample.of(pairs.get(i), states.get(i), eligible(pairs.get(i))))
            .flatMap(Optional::stream)
            .sorted(AuditSample.ORDER)
            .toList();
    if (samples.isEmpty()) {
      return;
    }
    AuditSample first = samples.get(0).first(screen.isPresent() ? FEWEST_OF_A_SCREEN : 1);
    if (least.isEmpty() || AuditSample.ORDER.compare(first, least.get()) < 0) {
      least = Optional.of(first);
    }
    cells += samples.stream().mapToLong(AuditSample::size).sum();
    operations += SweepSchedule.of(structure, pairs, computation.batchRows()).operations();
    long wanted = (long) (computation.audit() * cells) - auditedCells;
    double affordable = LARGEST_COST * operations - auditOperations;
    AuditSample.choose(samples, wanted, affordable / pass(first)).forEach(this::repeat);
  }

  /** In a screen, cells that have an error: others are one of their pair's own runs. */
  private Predicate<PatchedCell> eligible(PairCells pair) {
    if (screen.isEmpty()) {
      return cell -> true;
    }
    PairOutcomes outcomes = new PairOutcomes(structure, pair);
    return cell -> outcomes.of(cell.run()) instanceof Outcome.PatchedRow;
  }

  /**
   * To be called when all groups of the task were checked.
   *
   * @return how many cells were audited; all agreed
   * @throws AuditException if a cell comes out differently
   */
  long end() {
    if (auditedCells == 0) {
      least.ifPresent(this::repeat);
    }
    return auditedCells;
  }

  /** What the audited cells told, by metric; empty in float32. */
  Map<Metric, RecoveryError> recoveryErrors() {
    return screen.map(Screen::errors).orElse(Map.of());
  }

  /** One run, in float32 too if that is another. */
  private double pass(AuditSample sample) {
    int times = screen.isPresent() ? 2 : 1;
    return times * SweepCost.ofPass(structure, sample.cells().length());
  }

  private void repeat(AuditSample sample) {
    PairStates expected = oracle.run(List.of(sample.cells())).get(0);
    PairStates found = sample.states();
    PairStates inFloat32 =
        screen.map(float32 -> float32.compare(sample.cells(), found)).orElse(expected);
    String pair = "pair '" + sample.cells().pair().pair().id() + "'";
    rule.require("the clean run of " + pair, found.clean(), expected.clean(), inFloat32.clean());
    rule.require(
        "the corrupted run of " + pair,
        found.corrupted(),
        expected.corrupted(),
        inFloat32.corrupted());
    for (int i = 0; i < sample.size(); i++) {
      Optional<float[]> repeated = expected.patched().get(i);
      Optional<float[]> repeatedInFloat32 = inFloat32.patched().get(i);
      if (repeated.isEmpty() || repeatedInFloat32.isEmpty()) {
        continue; // an oracle could not run it and has said so
      }
      rule.require(
          name(sample.cells().cells().get(i).cell()),
          found.patched().get(i).orElseThrow(),
          repeated.get(),
          repeatedInFloat32.get());
      auditedCells++;
    }
    auditOperations += sample.passes() * pass(sample);
  }

  private static String name(Cell cell) {
    List<String> parts = new ArrayList<>();
    parts.add("sweep " + cell.sweep());
    parts.add("pair '" + cell.pairId() + "'");
    parts.add(cell.direction().label());
    parts.add(cell.component());
    parts.add("layer " + cell.layer());
    parts.add("window " + cell.window());
    cell.head().ifPresent(head -> parts.add("head " + head));
    cell.position().ifPresent(position -> parts.add("position " + position));
    cell.positionLabel().ifPresent(label -> parts.add("label " + label));
    cell.sourcePosition().ifPresent(position -> parts.add("source position " + position));
    cell.receiver().ifPresent(receiver -> parts.add("receiver " + receiver));
    if (cell.value() != ValueKind.ACTIVATION) {
      parts.add("value " + cell.value().label());
    }
    return "the cell " + String.join(", ", parts);
  }
}
