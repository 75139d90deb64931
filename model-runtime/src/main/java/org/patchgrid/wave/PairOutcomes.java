package org.patchgrid.wave;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.patchgrid.patch.ForcedOutcome;
import org.patchgrid.patch.Origin;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.Patch;
import org.patchgrid.patch.PatchedRun;
import org.patchgrid.study.Component;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.wave.EffectivePatch.Value;
import org.patchgrid.wave.EffectivePatch.Written;

/**
 * The one place that knows what a layer's structure forces: which patches of a pair have no effect,
 * which are the source run, and which must give the same numbers.
 *
 * <p>It holds for layers in which attention and an MLP read the residual stream, one after the
 * other or both the same (parallel), and add to it; whatever norms there are. It rests on three
 * facts. Before the first differing position all runs agree (causality), and in layer 0 what no
 * other position has entered agrees wherever the ids do. Behind the attention of the last layer
 * only the last position is read. All but attention, and a norm over all heads, treats every
 * position and every head by itself.
 */
public final class PairOutcomes {
  /** Read by attention, or before it: their values reach later positions of the same layer. */
  private static final Set<Component> REACH_LATER_POSITIONS =
      EnumSet.of(
          Component.RESID_PRE,
          Component.INPUT_LAYERNORM,
          Component.K_PROJ,
          Component.V_PROJ,
          Component.K_NORM);

  /** Functions of one position's residual stream that no other position has entered. */
  private static final Set<Component> BEFORE_ATTENTION =
      EnumSet.range(Component.RESID_PRE, Component.K_NORM);

  /** The same of an MLP that reads what attention reads. */
  private static final Set<Component> OF_THE_MLP =
      EnumSet.range(Component.POST_ATTENTION_LAYERNORM, Component.MLP);

  /** Where something may be written between the heads and what they add. */
  private static final Set<Component> AROUND_HEADS =
      EnumSet.range(Component.PATTERN, Component.SELF_ATTN);

  private static final Comparator<Write> FORWARD_ORDER =
      Comparator.comparing(Write::point, HookPoint.FORWARD_ORDER);

  private final ModelStructure structure;
  private final int length;
  private final BitSet differing;
  private final ForcedOutcome forced;

  public PairOutcomes(ModelStructure structure, PairCells pair) {
    this.structure = structure;
    this.length = pair.length();
    this.differing = pair.differing();
    this.forced = new ForcedOutcome(pair, structure.layers());
  }

  /** The first position at which the runs differ; the last one if they do not. */
  int firstDifference() {
    return differing.isEmpty() ? length - 1 : differing.nextSetBit(0);
  }

  private record Write(HookPoint point, Written written) {
    boolean isOf(Value value) {
      return written.value().equals(value);
    }

    Write at(Component component, int layer) {
      return new Write(new HookPoint(component, layer), written);
    }
  }

  /** What the run comes to. */
  public Outcome of(PatchedRun run) {
    if (!differing.isEmpty() && forced.applies(run)) {
      return new Outcome.SourceRun(run.direction());
    }
    List<Write> writes =
        canonical(changing(run.patches().stream().flatMap(p -> effective(p).stream()).toList()));
    if (writes.isEmpty()) {
      return new Outcome.TargetRun(run.direction());
    }
    Map<HookPoint, List<Written>> byPoint = new TreeMap<>(HookPoint.FORWARD_ORDER);
    for (Write write : writes) {
      add(byPoint.computeIfAbsent(write.point(), point -> new ArrayList<>()), write.written());
    }
    List<EffectivePatch> patches = new ArrayList<>();
    byPoint.forEach((point, written) -> patches.add(new EffectivePatch(point, written)));
    return new Outcome.PatchedRow(run.direction(), patches);
  }

  /** Two writes of the same values to the same heads are one. */
  private static void add(List<Written> written, Written next) {
    int last = written.size() - 1;
    if (last >= 0
        && written.get(last).value().equals(next.value())
        && written.get(last).heads().equals(next.heads())
        && written.get(last).sourcePosition().equals(next.sourcePosition())) {
      BitSet both = (BitSet) written.get(last).positions().clone();
      both.or(next.positions());
      written.set(last, next.at(both));
      return;
    }
    written.add(next);
  }

  /** Cut down to where the value may be another and the answer can be reached. */
  private Optional<Write> effective(Patch patch) {
    return value(patch.origin(), patch.point())
        .flatMap(
            value -> {
              BitSet positions = mayDiffer(value, patch.point());
              BitSet span = new BitSet();
              span.set(patch.span(length).start(), patch.span(length).end());
              positions.and(span);
              if (patch.sourcePosition().isPresent()) { // later keys are not seen
                positions.clear(0, Math.min(length, patch.sourcePosition().getAsInt()));
              }
              return positions.isEmpty()
                  ? Optional.empty()
                  : Optional.of(
                      new Write(
                          patch.point(),
                          new Written(positions, heads(patch), patch.sourcePosition(), value)));
            });
  }

  /** Where the values come from; empty if they are the target run's own. */
  private Optional<Value> value(Origin origin, HookPoint point) {
    if (origin instanceof Origin.Source) {
      return Optional.of(Value.SOURCE);
    }
    if (origin instanceof Origin.Target) {
      return Optional.of(Value.TARGET);
    }
    if (origin instanceof Origin.Constant constant) {
      return Optional.of(new Value.Constant(constant));
    }
    Outcome other = of(((Origin.Run) origin).run());
    if (other instanceof Outcome.SourceRun) {
      return Optional.of(Value.SOURCE);
    }
    if (!(other instanceof Outcome.PatchedRow row)) {
      return Optional.empty();
    }
    int joined = HookPoint.FORWARD_ORDER.compare(row.join().point(), point);
    if (row.patches().stream().anyMatch(patch -> patch.point().equals(point))) {
      throw new IllegalArgumentException("A run is read at " + point + ", where it is patched");
    }
    return joined < 0 ? Optional.of(new Value.Row(row)) : Optional.empty();
  }

  /** A component's only head is all of it. */
  private HeadSelection heads(Patch patch) {
    return structure.heads(patch.point().component()) == 1 ? HeadSelection.ALL : patch.heads();
  }

  /** Where values of that origin may be others than the target run's, and are read. */
  private BitSet mayDiffer(Value value, HookPoint point) {
    BitSet positions = new BitSet();
    if (value instanceof Value.Source) {
      positions = mayDiffer(point);
    } else if (value instanceof Value.Row other) {
      positions.set(other.row().firstPosition(), length);
    } else {
      positions.set(0, length);
    }
    if (point.layer() == structure.layers() - 1
        && !REACH_LATER_POSITIONS.contains(point.component())) {
      positions.clear(0, length - 1);
    }
    return positions;
  }

  /**
   * In forward order and without what takes back values of the target run that nothing has changed.
   */
  private List<Write> changing(List<Write> writes) {
    List<Write> changing = new ArrayList<>();
    int first =
        writes.stream()
            .filter(write -> !write.isOf(Value.TARGET))
            .mapToInt(write -> write.written().positions().nextSetBit(0))
            .min()
            .orElse(length);
    for (Write write : writes.stream().sorted(FORWARD_ORDER).toList()) {
      if (!write.isOf(Value.TARGET)) {
        changing.add(write);
        continue;
      }
      BitSet positions = (BitSet) write.written().positions().clone();
      positions.clear(0, first);
      if (!changing.isEmpty() && !positions.isEmpty()) {
        changing.add(new Write(write.point(), write.written().at(positions)));
      }
    }
    return changing;
  }

  /** Each written at the latest point at which it comes to the same. */
  private List<Write> canonical(List<Write> writes) {
    if (writes.stream().allMatch(write -> write.isOf(Value.SOURCE))) {
      return writes.stream().map(this::canonical).toList();
    }
    return writes.stream()
        .map(write -> takesBackAllHeads(write, writes) ? selfAttention(write) : write)
        .toList();
  }

  /** Whether a layer's heads are the target run's again, all of them, and nothing else is. */
  private static boolean takesBackAllHeads(Write write, List<Write> writes) {
    return write.point().component() == Component.Z
        && write.isOf(Value.TARGET)
        && write.written().isWhole()
        && writes.stream()
            .noneMatch(
                other ->
                    !other.equals(write)
                        && other.point().layer() == write.point().layer()
                        && AROUND_HEADS.contains(other.point().component()));
  }

  private static Write selfAttention(Write write) {
    return write.at(Component.SELF_ATTN, write.point().layer());
  }

  /** The positions at which the two runs need not agree at this point. */
  private BitSet mayDiffer(HookPoint point) {
    if (differing.isEmpty() || (point.layer() == 0 && isOfOnePosition(point.component()))) {
      return (BitSet) differing.clone();
    }
    BitSet fromFirst = new BitSet();
    fromFirst.set(firstDifference(), length);
    return fromFirst;
  }

  private boolean isOfOnePosition(Component component) {
    return BEFORE_ATTENTION.contains(component)
        || (structure.isParallel() && OF_THE_MLP.contains(component));
  }

  /** The latest point of a forward pass at which the source run's value comes to the same. */
  private Write canonical(Write write) {
    int layer = write.point().layer();
    return switch (write.point().component()) {
      case RESID_PRE, V_PROJ, Q_NORM, K_NORM, GATE_PROJ, SELF_ATTN, MLP, PATTERN -> write;
      // all that attention reads is the source's, and nothing else reads it
      case INPUT_LAYERNORM ->
          !structure.sharesNorm()
                  && write.written().positions().equals(mayDiffer(Value.SOURCE, write.point()))
              ? allOfAttention(layer)
              : write;
      case Q_PROJ -> normed(write, Component.Q_NORM);
      case K_PROJ -> normed(write, Component.K_NORM);
      case UP_PROJ -> structure.isGated() ? write : write.at(Component.MLP, layer);
      case Z -> write.written().heads() instanceof HeadSelection.All ? selfAttention(write) : write;
      case O_PROJ -> selfAttention(write);
      // what follows is a function of each position alone
      case RESID_MID, OUTPUT ->
          layer + 1 < structure.layers()
              ? write.at(Component.RESID_PRE, layer + 1)
              : write.at(Component.OUTPUT, layer);
      case POST_ATTENTION_LAYERNORM, ACT, DOWN_PROJ -> write.at(Component.MLP, layer);
    };
  }

  /** A norm of a head is a function of that head; one over all heads is one of all of them. */
  private Write normed(Write write, Component norm) {
    boolean follows =
        structure.normsQueriesAndKeys()
            && (write.written().heads() instanceof HeadSelection.All
                || !structure.normSpansHeads());
    return follows ? write.at(norm, write.point().layer()) : write;
  }

  private Write allOfAttention(int layer) {
    HookPoint point = new HookPoint(Component.SELF_ATTN, layer);
    return effective(new Patch(point, HeadSelection.ALL, Optional.empty(), Origin.SOURCE))
        .orElseThrow();
  }
}
