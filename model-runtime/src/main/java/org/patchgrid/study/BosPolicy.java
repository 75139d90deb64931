package org.patchgrid.study;

/** Whether a prompt begins with the tokenizer's beginning-of-sequence token. */
public enum BosPolicy {
  /** As the tokenizer does by default. */
  TOKENIZER,
  /** Always: added where the tokenizer does not. */
  ALWAYS,
  /** Never: no special tokens are added. */
  NEVER
}
