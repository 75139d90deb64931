package org.patchgrid.conf;

/** What a patch writes. */
public enum PatchValue {
  /** The source run's activation at the same site. */
  ACTIVATION
}
