package org.patchgrid.plan;

import org.patchgrid.study.Component;
import org.patchgrid.study.ModelStructure;

/**
 * Counted operations of one forward pass, and a fixed rate to call them seconds. Nothing here is
 * measured: tasks must be cut alike on every machine.
 *
 * <p>A pass over T tokens costs, in each layer, {@code 2 * T} operations a matrix element, {@code 4
 * * T * T} an element of all query heads' width (scores and mixture) and a fixed share for
 * launching its operations; and the unembedding of one position. Every cell counts as a whole pass,
 * though an engine may share most of it.
 */
final class NominalCost {
  /** Operations a nominal second stands for: about what one core does in float32. */
  static final double OPERATIONS_PER_SECOND = 100e9;

  /** What launching the array operations of one layer costs, for one cell. */
  static final double LAYER_OVERHEAD = 5e6;

  private NominalCost() {}

  /** Operations of one forward pass over {@code tokens} positions. */
  static double forward(ModelStructure model, double tokens) {
    double width = model.modelWidth();
    double queryWidth = (double) model.queryHeads() * model.headWidth();
    double keyValueWidth = (double) model.keyValueHeads() * model.headWidth();
    int mlpMatrices = model.components().contains(Component.GATE_PROJ) ? 3 : 2;
    double elements =
        2 * width * queryWidth + 2 * width * keyValueWidth + mlpMatrices * width * model.mlpWidth();
    double layer = 2 * elements * tokens + 4 * tokens * tokens * queryWidth + LAYER_OVERHEAD;
    return model.layers() * layer + 2 * width * model.vocabularySize();
  }
}
