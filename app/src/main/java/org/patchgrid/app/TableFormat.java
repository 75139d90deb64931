package org.patchgrid.app;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.TypeConversionException;

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

  static TableFormat parse(String text) {
    return Arrays.stream(values())
        .filter(format -> format.toString().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(() -> new TypeConversionException("'" + text + "' is not one of " + all()));
  }

  private static String all() {
    return Arrays.stream(values()).map(TableFormat::toString).collect(Collectors.joining(", "));
  }
}
