package org.patchgrid.study;

/** How the patched runs of a task are computed. */
public enum Engine {
  /** Every row joins the batch at the layer it is patched at; what must coincide is shared. */
  WAVEFRONT,
  /** One whole forward pass a cell: slow, and simple enough to be believed. */
  REFERENCE
}
