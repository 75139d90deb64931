package org.patchgrid.study;

/**
 * What the layers of a model are computed in. The rest, logits and metrics, is float32 or wider.
 */
public enum Dtype implements HasLabel {
  FLOAT32,
  /** A screen, of three digits: how far it is from float32 is measured while it runs. */
  BFLOAT16
}
