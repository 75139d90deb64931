package org.patchgrid.generate;

import java.util.Locale;

/** What pairs can be made of. */
public enum Task {
  /** Indirect objects (Wang et al. 2022): the answer is the name that comes once. */
  IOI,
  /** Capitals of countries; the country is the subject. */
  CAPITALS,
  /** Years of a century that are greater than one (Hanna et al. 2023). */
  GREATER_THAN,
  /** Arguments in the docstring of a Python function (Heimersheim and Janiak 2023). */
  DOCSTRING;

  /** As users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
