package org.patchgrid.experiment;

import java.util.ArrayList;
import java.util.List;

/** Which cells are audited: a function of their keys, whatever the order they come in. */
final class AuditChoice {
  private AuditChoice() {}

  /**
   * Chooses among pairs of equal length. They are taken one after the other, each with all the
   * cells that are still wanted, since every pair costs its two unpatched runs beside them.
   *
   * @param wanted at most so many cells
   * @param passes what may be spent, in whole forward passes
   */
  static List<AuditSample> of(List<AuditSample> pairs, long wanted, double passes) {
    List<AuditSample> chosen = new ArrayList<>();
    long cellsLeft = wanted;
    double passesLeft = passes;
    for (AuditSample pair : pairs.stream().sorted(AuditSample.ORDER).toList()) {
      long cells = Math.min(cellsLeft, pair.affordable(passesLeft));
      if (cells < 1) {
        break;
      }
      AuditSample sample = pair.first(cells);
      chosen.add(sample);
      cellsLeft -= sample.size();
      passesLeft -= sample.passes();
    }
    return chosen;
  }
}
