package org.patchgrid.table;

import java.util.Locale;

/** The column of {@code cells} that statistics are of. In the order of the table. */
public enum Measure {
  /** How much the site matters, in both directions. */
  EFFECT,
  /** How much of the difference between clean and corrupted run the patched run has made up for. */
  RECOVERY;

  /** The name in the table. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
