package org.patchgrid.experiment;

import java.util.List;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.Positions;
import org.patchgrid.study.SweepSite;

/**
 * Counted operations of a sweep before any prompt is known: those of {@link SweepSchedule} for the
 * {@link NominalPair}.
 */
public final class SweepCost {
  /** What launching the operations of one layer costs beside them, for one pass or row. */
  private static final double LAYER_OVERHEAD = 5e6;

  /** Longer prompts are counted at this length and scaled: a plan must not take minutes. */
  private static final int LONGEST_COUNTED = 24;

  private SweepCost() {}

  /** One forward pass over {@code tokens} positions, with the unembedding of the last. */
  public static double ofPass(ModelStructure model, double tokens) {
    double width = model.modelWidth();
    double queryWidth = (double) model.queryHeads() * model.headWidth();
    double keyValueWidth = (double) model.keyValueHeads() * model.headWidth();
    int mlpMatrices = model.components().contains(Component.GATE_PROJ) ? 3 : 2;
    double elements =
        2 * width * queryWidth + 2 * width * keyValueWidth + mlpMatrices * width * model.mlpWidth();
    double layer = 2 * elements * tokens + 4 * tokens * tokens * queryWidth + LAYER_OVERHEAD;
    return model.layers() * layer + 2 * width * model.vocabularySize();
  }

  /** The cells of {@code sites} on one pair in waves, without its clean and corrupted run. */
  public static double ofCells(ModelStructure model, List<SweepSite> sites, double tokens) {
    int length = (int) Math.max(1, Math.min(LONGEST_COUNTED, Math.round(tokens)));
    PairCells pair = NominalPair.of(model, sites, length);
    SweepSchedule schedule = SweepSchedule.of(model, List.of(pair), Computation.AUTO);
    SweepSchedule bare =
        SweepSchedule.of(model, List.of(new PairCells(pair.pair(), List.of())), Computation.AUTO);
    double counted = schedule.operations() - bare.operations() + schedule.rows() * LAYER_OVERHEAD;
    double longer = ofPass(model, tokens) / ofPass(model, length);
    return Math.max(1, counted) * longer * moreCells(sites, tokens, length);
  }

  private static double moreCells(List<SweepSite> sites, double tokens, int length) {
    long each = sites.stream().filter(s -> s.site().positions() instanceof Positions.Each).count();
    return (sites.size() - each + each * Math.max(tokens, length))
        / (sites.size() - each + each * length);
  }
}
