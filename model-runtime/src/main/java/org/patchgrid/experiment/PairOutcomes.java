package org.patchgrid.experiment;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.patchgrid.study.Component;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;

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
final class PairOutcomes {
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

  private final ModelStructure structure;
  private final int length;
  private final BitSet differing = new BitSet();
  private final ForcedOutcome forced;

  PairOutcomes(ModelStructure structure, TokenizedPair pair) {
    this.structure = structure;
    this.length = pair.clean().length();
    this.forced = new ForcedOutcome(pair, structure.layers());
    for (int position = 0; position < length; position++) {
      if (!pair.clean().ids().get(position).equals(pair.corrupted().ids().get(position))) {
        differing.set(position);
      }
    }
  }

  /** The first position at which the runs differ; the last one if they do not. */
  int firstDifference() {
    return differing.isEmpty() ? length - 1 : differing.nextSetBit(0);
  }

  /** What the cell comes to. */
  Outcome of(PatchedCell cell) {
    if (differing.isEmpty()) {
      return new Outcome.TargetRun(cell.cell().direction());
    }
    if (forced.applies(cell)) {
      return new Outcome.SourceRun(cell.cell().direction());
    }
    List<EffectivePatch> patches = new ArrayList<>();
    for (int layer = cell.layers().first(); layer < cell.layers().end(); layer++) {
      HookPoint point = new HookPoint(cell.cell().component(), layer);
      effective(point, cell.span(length), heads(cell)).map(this::canonical).ifPresent(patches::add);
    }
    if (patches.isEmpty()) {
      return new Outcome.TargetRun(cell.cell().direction());
    }
    return new Outcome.PatchedRow(cell.cell().direction(), patches);
  }

  /** A component's only head is all of it. */
  private HeadSelection heads(PatchedCell cell) {
    return structure.heads(cell.cell().component()) == 1 ? HeadSelection.ALL : cell.heads();
  }

  /** Cut down to the positions where source and target may differ and the answer can be reached. */
  private Optional<EffectivePatch> effective(HookPoint point, TokenSpan span, HeadSelection heads) {
    BitSet positions = new BitSet();
    positions.set(span.start(), span.end());
    positions.and(mayDiffer(point));
    if (point.layer() == structure.layers() - 1
        && !REACH_LATER_POSITIONS.contains(point.component())) {
      BitSet last = new BitSet();
      last.set(length - 1);
      positions.and(last);
    }
    return positions.isEmpty()
        ? Optional.empty()
        : Optional.of(new EffectivePatch(point, positions, heads));
  }

  /** The positions at which the two runs need not agree at this point. */
  private BitSet mayDiffer(HookPoint point) {
    if (point.layer() == 0 && isOfOnePosition(point.component())) {
      return differing;
    }
    BitSet fromFirst = new BitSet();
    fromFirst.set(firstDifference(), length);
    return fromFirst;
  }

  private boolean isOfOnePosition(Component component) {
    return BEFORE_ATTENTION.contains(component)
        || (structure.isParallel() && OF_THE_MLP.contains(component));
  }

  /** The latest point of a forward pass at which the same patch can be written. */
  private EffectivePatch canonical(EffectivePatch patch) {
    int layer = patch.point().layer();
    return switch (patch.point().component()) {
      case RESID_PRE, V_PROJ, Q_NORM, K_NORM, GATE_PROJ, SELF_ATTN, MLP, PATTERN -> patch;
      // all that attention reads is the source's, and nothing else reads it
      case INPUT_LAYERNORM ->
          !structure.sharesNorm() && patch.positions().equals(mayDiffer(patch.point()))
              ? allOfAttention(layer)
              : patch;
      case Q_PROJ -> normed(patch, Component.Q_NORM);
      case K_PROJ -> normed(patch, Component.K_NORM);
      case UP_PROJ -> structure.isGated() ? patch : moved(patch, Component.MLP, layer);
      case Z ->
          patch.heads() instanceof HeadSelection.All
              ? moved(patch, Component.SELF_ATTN, layer)
              : patch;
      case O_PROJ -> moved(patch, Component.SELF_ATTN, layer);
      // what follows is a function of each position alone
      case RESID_MID, OUTPUT -> behind(patch, layer);
      case POST_ATTENTION_LAYERNORM, ACT, DOWN_PROJ -> moved(patch, Component.MLP, layer);
    };
  }

  /** A norm of a head is a function of that head; one over all heads is one of all of them. */
  private EffectivePatch normed(EffectivePatch patch, Component norm) {
    boolean follows =
        structure.normsQueriesAndKeys()
            && (patch.heads() instanceof HeadSelection.All || !structure.normSpansHeads());
    return follows ? moved(patch, norm, patch.point().layer()) : patch;
  }

  private EffectivePatch allOfAttention(int layer) {
    TokenSpan everywhere = new TokenSpan(0, length);
    return effective(new HookPoint(Component.SELF_ATTN, layer), everywhere, HeadSelection.ALL)
        .orElseThrow();
  }

  /** The residual stream behind a layer is that before the next. */
  private EffectivePatch behind(EffectivePatch patch, int layer) {
    return layer + 1 < structure.layers()
        ? moved(patch, Component.RESID_PRE, layer + 1)
        : moved(patch, Component.OUTPUT, layer);
  }

  private static EffectivePatch moved(EffectivePatch patch, Component component, int layer) {
    return new EffectivePatch(new HookPoint(component, layer), patch.positions(), patch.heads());
  }
}
