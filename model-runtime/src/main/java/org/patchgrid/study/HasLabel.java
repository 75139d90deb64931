package org.patchgrid.study;

import java.util.Locale;

/** A constant that study files and tables name as it is named here, in lower case. */
public interface HasLabel {
  /** As an enum has it. */
  String name();

  /** The name in study files and tables. */
  default String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
