package org.patchgrid.wave;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.patchgrid.study.Component;
import org.patchgrid.study.HookPoint;

/**
 * How the tokens of a wave grow through the layers, without any tensor: which rows join at a hook
 * point, at which positions, and what attention spreads.
 *
 * <p>A row joins where its patch is first written, with the patched positions alone: all else is
 * still its parent's. The next attention spreads the difference to every later position, unless all
 * that it adds is the target run's again: then the row takes no part in it. Behind the attention of
 * the last layer every row is left with its last position, which alone is read. A row that is there
 * for others to take values from leaves behind the last of them.
 */
final class WaveTokens {
  /** A patch before attention that changes no key and no value: nothing to spread yet. */
  private static final Set<Component> CHANGE_THEIR_OWN_POSITIONS =
      Set.of(Component.Q_PROJ, Component.Q_NORM);

  private static final Map<Integer, EffectivePatch> NONE = Map.of();

  private final WaveRows rows;
  private final int layers;
  private final Map<HookPoint, Map<Integer, EffectivePatch>> patches = new HashMap<>();
  private final List<Integer> attending = new ArrayList<>();
  private final BitSet[] changed; // by row: where it differs from its parent; empty before it joins
  private TokenSet current;

  WaveTokens(WaveRows rows, int layers) {
    this.rows = rows;
    this.layers = layers;
    this.changed = new BitSet[rows.count()];
    for (int row = rows.firstPatched(); row < rows.count(); row++) {
      changed[row] = new BitSet();
      for (EffectivePatch patch : rows.patched(row).patches()) {
        if (!hasLeft(row, patch.point())) {
          patches.computeIfAbsent(patch.point(), point -> new TreeMap<>()).put(row, patch);
        }
      }
    }
    this.current = new TokenSet(rows);
    for (int pair = 0; pair < rows.pairs().size(); pair++) {
      addBase(WaveRows.clean(pair), 0);
      addBase(WaveRows.corrupted(pair), rows.pairs().get(pair).firstDifference());
    }
  }

  /** Whether a row that is there for others alone is gone when the pass comes to a point. */
  private boolean hasLeft(int row, HookPoint point) {
    int behind = point.component().compareTo(Component.PATTERN) < 0 ? 1 : 0;
    return rows.leaves(row, point.layer() - behind);
  }

  private void addBase(int row, int first) {
    attending.add(row);
    changed[row] = new BitSet();
    changed[row].set(first, rows.length());
    addChanged(row, current);
  }

  private void addChanged(int row, TokenSet tokens) {
    changed[row].stream().forEach(position -> tokens.add(row, position));
  }

  TokenSet current() {
    return current;
  }

  /** What is written at this point, by row, in the order of rows. */
  Map<Integer, EffectivePatch> patches(HookPoint point) {
    return patches.getOrDefault(point, NONE);
  }

  Set<HookPoint> points() {
    return patches.keySet();
  }

  /**
   * Lets the rows join that are first patched here, and gives every row that is patched here a
   * token of its own at the positions written to.
   */
  void join(HookPoint point) {
    Map<Integer, EffectivePatch> here = patches(point);
    if (here.isEmpty()) {
      return;
    }
    TokenSet next = current.copy();
    here.forEach(
        (row, patch) -> {
          if (rows.patched(row).join().point().equals(point)) {
            attending.add(row);
          }
          BitSet positions = patch.positions();
          changed[row].or(positions);
          positions.stream()
              .filter(position -> !next.has(row, position))
              .forEach(position -> next.add(row, position));
        });
    current = next.size() == current.size() ? current : next;
  }

  /** All joins of a layer between two components, both included. */
  void join(int layer, Component first, Component last) {
    EnumSet.range(first, last).forEach(component -> join(new HookPoint(component, layer)));
  }

  /** Leaves the tokens whose queries the attention of this layer answers: those that go on. */
  void attend(int layer) {
    TokenSet next = new TokenSet(rows);
    attending.removeIf(row -> rows.leaves(row, layer));
    for (int row : attending) {
      if (takesBackAttention(row, layer)) {
        continue; // its tokens are back where the target run's attention is written into it
      }
      if (layer == layers - 1) {
        next.add(row, rows.length() - 1);
        continue;
      }
      spread(row, layer);
      addChanged(row, next);
    }
    current = next;
  }

  private boolean takesBackAttention(int row, int layer) {
    EffectivePatch patch = patches(new HookPoint(Component.SELF_ATTN, layer)).get(row);
    if (patch == null || changed[row].isEmpty()) {
      return false;
    }
    int first = layer == layers - 1 ? rows.length() - 1 : changed[row].nextSetBit(0);
    return patch.takesBackFrom(first, rows.length())
        && patchesOf(row, layer, Component.PATTERN, Component.O_PROJ).isEmpty();
  }

  private void spread(int row, int layer) {
    if (row >= rows.firstPatched()) {
      boolean joinsHere = rows.patched(row).join().point().layer() == layer;
      List<Component> written = patchesOf(row, layer, Component.RESID_PRE, Component.K_NORM);
      if (joinsHere && CHANGE_THEIR_OWN_POSITIONS.containsAll(written)) {
        return;
      }
    }
    changed[row].set(changed[row].nextSetBit(0), rows.length());
  }

  /** The components of a layer, between two, at which something is written into a row. */
  private List<Component> patchesOf(int row, int layer, Component first, Component last) {
    return EnumSet.range(first, last).stream()
        .filter(component -> patches(new HookPoint(component, layer)).containsKey(row))
        .toList();
  }
}
