package org.patchgrid.conf;

/** Where the corrupted run comes from. */
public enum Corruption {
  /** From the pair's corrupted prompt. */
  PROMPT
}
