package org.patchgrid.experiment;

import java.util.List;
import org.patchgrid.study.TokenizedPair;

/** A usable pair with the cells to measure on it, perhaps none. */
record PairCells(TokenizedPair pair, List<PatchedCell> cells) {
  PairCells {
    cells = List.copyOf(cells);
  }

  int length() {
    return pair.clean().length();
  }
}
