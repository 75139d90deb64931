package org.patchgrid.table;

import java.util.Locale;

/** Which cells of a pair are one value of a group. In the order of the table. */
public enum Grouping {
  /** All sites of one component in one layer: a pair's value is the mean over its sites. */
  LAYER,
  /** One site. */
  SITE;

  /** The name in the table. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
