package org.patchgrid.estimate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.patchgrid.patch.PairCells;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Corruption;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchValue;
import org.patchgrid.study.PathReceiver;
import org.patchgrid.study.PathSite;
import org.patchgrid.study.Site;
import org.patchgrid.study.SweepSite;
import org.patchgrid.wave.SweepSchedule;

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
    double queryWidth = model.queryWidth();
    double keyValueWidth = model.keyValueWidth();
    int mlpMatrices = model.isGated() ? 3 : 2;
    double elements =
        2 * width * queryWidth + 2 * width * keyValueWidth + mlpMatrices * width * model.mlpWidth();
    double layer = 2 * elements * tokens + 4 * tokens * tokens * queryWidth + LAYER_OVERHEAD;
    return model.layers() * layer + 2 * width * model.vocabularySize();
  }

  /** The cells of {@code sites} on one pair in waves, without its clean and corrupted run. */
  public static double ofCells(ModelStructure model, List<SweepSite> sites, double tokens) {
    Map<Corruption, List<SweepSite>> byCorruption =
        sites.stream()
            .filter(SweepSite::isRun)
            .collect(
                Collectors.groupingBy(
                    SweepSite::corruption, LinkedHashMap::new, Collectors.toList()));
    double estimates = ofEstimates(sites) * ofPass(model, tokens);
    return estimates
        + byCorruption.entrySet().stream()
            .mapToDouble(
                entry -> {
                  double cells = ofCellsOfOneRun(model, entry.getValue(), tokens);
                  return entry.getKey() instanceof Corruption.Noise noise
                      ? samples(noise) * (cells + 2 * ofPass(model, tokens))
                      : cells;
                })
            .sum();
  }

  /** The same by one forward pass after the other, as the reference engine runs them. */
  public static double ofCellsOneByOne(ModelStructure model, List<SweepSite> sites, double tokens) {
    double patched =
        sites.stream()
            .filter(SweepSite::isRun)
            .mapToDouble(
                site -> passes(site.site()) * samples(site.corruption()) * site.cells(tokens))
            .sum();
    double corrupted =
        sites.stream()
            .filter(SweepSite::isRun)
            .map(SweepSite::corruption)
            .filter(Corruption.Noise.class::isInstance)
            .distinct()
            .mapToDouble(noise -> 2.0 * samples(noise))
            .sum();
    return (patched + corrupted + ofEstimates(sites)) * ofPass(model, tokens);
  }

  /** A path through attention takes one to its receivers and one from them. */
  private static int passes(Site site) {
    return site instanceof PathSite path && path.receiver() instanceof PathReceiver.Attention
        ? 2
        : 1;
  }

  private static int samples(Corruption corruption) {
    return corruption instanceof Corruption.Noise noise ? noise.samples() : 1;
  }

  /** As a number of forward passes: a way back takes two. */
  private static double ofEstimates(List<SweepSite> sites) {
    return sites.stream()
        .filter(site -> !site.isRun())
        .map(site -> Map.entry(site.direction(), ((PatchValue.Attribution) site.value()).steps()))
        .distinct()
        .mapToDouble(question -> 1 + 3.0 * Math.max(1, question.getValue()))
        .sum();
  }

  /** Against one corrupted run. */
  private static double ofCellsOfOneRun(
      ModelStructure model, List<SweepSite> sites, double tokens) {
    int length = (int) Math.max(1, Math.min(LONGEST_COUNTED, Math.round(tokens)));
    List<SweepSite> counted = NominalPair.countable(sites, length, tokens);
    PairCells pair = NominalPair.of(model, counted, length);
    SweepSchedule schedule = SweepSchedule.of(model, List.of(pair), Computation.AUTO);
    SweepSchedule bare =
        SweepSchedule.of(model, List.of(new PairCells(pair.pair(), List.of())), Computation.AUTO);
    double operations =
        schedule.operations() - bare.operations() + schedule.rows() * LAYER_OVERHEAD;
    double longer = ofPass(model, tokens) / ofPass(model, length);
    double moreCells =
        differentCells(sites, Math.max(tokens, length)) / differentCells(counted, length);
    return Math.max(1, operations) * longer * moreCells;
  }

  /** Cells of places that several sweeps name are the same runs. */
  private static double differentCells(List<SweepSite> sites, double tokens) {
    return sites.stream()
        .map(
            site ->
                new SweepSite("", site.direction(), site.site(), site.value(), site.corruption()))
        .distinct()
        .mapToDouble(site -> site.cells(tokens))
        .sum();
  }
}
