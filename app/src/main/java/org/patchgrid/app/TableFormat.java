package org.patchgrid.app;

import java.util.Locale;

/** How a command prints its table. */
enum TableFormat {
  /** For people. */
  TABLE,
  /** Comma-separated values with a header line. */
  CSV,
  /** One JSON object a line. */
  JSON;

  /** As users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
