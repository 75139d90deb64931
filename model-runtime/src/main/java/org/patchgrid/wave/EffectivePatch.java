package org.patchgrid.wave;

import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import org.patchgrid.patch.Origin;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.HookPoint;

/**
 * What is written at one hook point, cut down to the positions where that can change anything.
 *
 * @param written at least one; a later one is written over an earlier. All of them are single
 *     entries of patterns, or none is
 */
record EffectivePatch(HookPoint point, List<Written> written) {
  EffectivePatch {
    written = List.copyOf(written);
    if (written.isEmpty()) {
      throw new IllegalArgumentException("Nothing is written at " + point);
    }
    if (written.stream().map(each -> each.sourcePosition().isPresent()).distinct().count() > 1) {
      throw new IllegalArgumentException("Entries and whole values are written at " + point);
    }
  }

  BitSet positions() {
    BitSet positions = new BitSet();
    written.forEach(each -> positions.or(each.positions()));
    return positions;
  }

  /** Whether all of the value is the target run's again, from a position on. */
  boolean takesBackFrom(int first, int end) {
    Written last = written.get(written.size() - 1);
    return last.value() instanceof Value.Target
        && last.isWhole()
        && last.positions().nextClearBit(first) >= end;
  }

  /**
   * Values of some positions and heads, all from one place.
   *
   * @param positions at least one; not to be changed
   * @param sourcePosition the one entry of a pattern's row that is written
   */
  record Written(BitSet positions, HeadSelection heads, OptionalInt sourcePosition, Value value) {
    Written {
      if (positions.isEmpty()) {
        throw new IllegalArgumentException("A patch without positions changes nothing");
      }
    }

    Written at(BitSet others) {
      return new Written(others, heads, sourcePosition, value);
    }

    /** Whether it is of all heads and entries. */
    boolean isWhole() {
      return heads instanceof HeadSelection.All && sourcePosition.isEmpty();
    }
  }

  sealed interface Value {
    Value SOURCE = new Source();
    Value TARGET = new Target();

    /** The source run. */
    record Source() implements Value {}

    /** The target run. */
    record Target() implements Value {}

    /** Another patched row of the same pair. */
    record Row(Outcome.PatchedRow row) implements Value {}

    /** What is the same for all pairs. */
    record Constant(Origin.Constant constant) implements Value {}
  }
}
