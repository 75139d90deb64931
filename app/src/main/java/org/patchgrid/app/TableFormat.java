package org.patchgrid.app;

/** How a command prints its table. */
enum TableFormat {
  /** For people. */
  TABLE,
  /** Comma-separated values with a header line. */
  CSV,
  /** One JSON object a line. */
  JSON
}
