package org.patchgrid.generate;

import java.util.Locale;

/** What becomes of the names of an indirect-object sentence in its corrupted prompt. */
public enum NameCorruption {
  /** The giver is the other person, whose name is then the one that comes twice. */
  S2_IO,
  /** The giver is a third person. */
  ABC,
  /** All three mentions are names that are nowhere else. */
  RANDOM_NAMES;

  /** As users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
