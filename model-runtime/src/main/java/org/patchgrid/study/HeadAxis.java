package org.patchgrid.study;

/** Which heads a component can be cut into. */
public enum HeadAxis {
  /** The component has no heads. */
  NONE,
  /** One slice a query head. */
  QUERY,
  /** One slice a key-value head (fewer than query heads under grouped-query attention). */
  KEY_VALUE
}
