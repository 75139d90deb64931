package org.patchgrid.patch;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.TokenSequence;
import org.patchgrid.study.TokenizedPair;

/**
 * A usable pair with the cells to measure on it, perhaps none, against one corrupted run.
 *
 * @param noise what makes the corrupted run of the clean prompt; empty where it is of another one
 */
public record PairCells(TokenizedPair pair, Optional<NoiseSample> noise, List<PatchedCell> cells) {
  public PairCells {
    cells = List.copyOf(cells);
  }

  /** Cells whose corrupted run is that of the corrupted prompt. */
  public PairCells(TokenizedPair pair, List<PatchedCell> cells) {
    this(pair, Optional.empty(), cells);
  }

  /** The same pair and corruption with other cells. */
  public PairCells with(List<PatchedCell> others) {
    return new PairCells(pair, noise, others);
  }

  public int length() {
    return pair.clean().length();
  }

  /** What the corrupted run reads. */
  public TokenSequence corruptedTokens() {
    return noise.isPresent() ? pair.clean() : pair.corrupted();
  }

  /** The positions at which what enters the first layer is different in the two runs. */
  public BitSet differing() {
    BitSet differing = new BitSet();
    if (noise.isPresent()) {
      differing.set(noise.get().span().start(), noise.get().span().end());
      return differing;
    }
    for (int position = 0; position < length(); position++) {
      if (!pair.clean().ids().get(position).equals(pair.corrupted().ids().get(position))) {
        differing.set(position);
      }
    }
    return differing;
  }

  /**
   * The hook points at which values of a base run are written.
   *
   * @param source the direction whose source it is; it is the target of the other
   */
  public Set<HookPoint> pointsOf(PatchDirection source) {
    Set<HookPoint> points = new HashSet<>();
    for (PatchedCell cell : cells) {
      boolean isSource = cell.run().direction() == source;
      points.addAll(cell.run().points(isSource ? Origin.SOURCE : Origin.TARGET));
    }
    return points;
  }
}
