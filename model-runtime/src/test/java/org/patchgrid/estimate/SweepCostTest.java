package org.patchgrid.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.patch.PairCells;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.Positions;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TestStructures;
import org.patchgrid.wave.SweepSchedule;

/** What is counted on a short pair in the place of real ones. */
class SweepCostTest {
  private static final ModelStructure MODEL =
      TestStructures.of(
          "small",
          4,
          6,
          3,
          96,
          16,
          256,
          512,
          EnumSet.complementOf(EnumSet.of(Component.Q_NORM, Component.K_NORM)));

  /** Within what the overhead of launching and the square of attention come to. */
  private static final double TOLERANCE = 50;

  @ParameterizedTest
  @ValueSource(ints = {12, 24, 100, 400})
  void positionsOfAListAreCountedOneByOne(int tokens) {
    List<SweepSite> sites =
        sites(IntStream.range(0, 11).mapToObj(i -> new Positions.At(i * tokens / 11)));
    PairCells pair = NominalPair.of(MODEL, sites, tokens);
    SweepSchedule whole = SweepSchedule.of(MODEL, List.of(pair), Computation.AUTO);
    SweepSchedule bare =
        SweepSchedule.of(MODEL, List.of(new PairCells(pair.pair(), List.of())), Computation.AUTO);
    double overhead = whole.rows() * 5e6;
    assertThat(SweepCost.ofCells(MODEL, sites, tokens))
        .isCloseTo(whole.operations() - bare.operations() + overhead, withinPercentage(TOLERANCE));
  }

  @Test
  void eachLabelIsAPlaceOfItsOwn() {
    double one = SweepCost.ofCells(MODEL, sites(Stream.of(new Positions.Labelled("subject"))), 20);
    double three =
        SweepCost.ofCells(
            MODEL,
            sites(Stream.of("subject", "relation", "object").map(Positions.Labelled::new)),
            20);
    assertThat(three).isCloseTo(3 * one, withinPercentage(1e-9));
  }

  @Test
  void theSamePlaceInTwoSweepsIsOneRun() {
    List<SweepSite> once = sites(Stream.of(new Positions.All()));
    List<SweepSite> twice = new ArrayList<>(once);
    once.forEach(site -> twice.add(new SweepSite("again", site.direction(), site.site())));
    assertThat(SweepCost.ofCells(MODEL, twice, 20))
        .isCloseTo(SweepCost.ofCells(MODEL, once, 20), withinPercentage(1e-9));
  }

  private static List<SweepSite> sites(Stream<? extends Positions> positions) {
    return positions
        .flatMap(
            each ->
                IntStream.range(0, MODEL.layers())
                    .mapToObj(
                        layer ->
                            new SweepSite(
                                "sweep",
                                PatchDirection.DENOISING,
                                new PatchSite(Component.MLP, layer, 1, HeadSelection.ALL, each))))
        .toList();
  }
}
