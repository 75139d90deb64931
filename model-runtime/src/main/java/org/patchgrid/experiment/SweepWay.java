package org.patchgrid.experiment;

/** The ways to do a sweep that {@link SweepBenchmark} compares, slowest first. */
public enum SweepWay {
  /** A trace of the source run and a patched run for every cell, beside the two baselines. */
  SEED("seed", "trace the source run and run the patched one, for every cell"),
  /** The reference engine. */
  PER_CELL("per-cell", "one forward pass a cell"),
  /** What one would write by hand. */
  FULL_BATCH("full-batch", "cells as rows of batches through all layers"),
  /** The engine of a study. */
  WAVE("wave", "the default engine");

  private static final int BASELINES = 2;

  private final String label;
  private final String sentence;

  SweepWay(String label, String sentence) {
    this.label = label;
    this.sentence = sentence;
  }

  /** The name in tables. */
  public String label() {
    return label;
  }

  /** What it does, for people. */
  public String sentence() {
    return sentence;
  }

  /** Whether its time is proportional to its forward passes, so that some cells tell of all. */
  boolean canBeScaled() {
    return this == SEED || this == PER_CELL;
  }

  /** Whole forward passes over one prompt, counting a batch's rows, for some cells of a pair. */
  long forwards(long cells) {
    return switch (this) {
      case SEED -> BASELINES + 2 * cells;
      case PER_CELL, FULL_BATCH, WAVE -> BASELINES + cells;
    };
  }
}
