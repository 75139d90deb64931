package org.patchgrid.wave;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.patchgrid.experiment.TestPairs;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.SiteExpansion;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Device;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.Positions;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TestStructures;
import org.patchgrid.study.TokenizedPair;

/** How rows are packed into waves. */
class WavePackingTest {
  private static final EnumSet<Component> COMPONENTS =
      EnumSet.complementOf(EnumSet.of(Component.Q_NORM, Component.K_NORM));

  private static final ModelStructure SMALL =
      TestStructures.of("small", 4, 6, 3, 96, 16, 256, 512, COMPONENTS);

  /** As wide as models of seven billion weights. */
  private static final ModelStructure WIDE =
      TestStructures.of("wide", 4, 32, 8, 4096, 128, 11008, 512, COMPONENTS);

  @ParameterizedTest
  @CsvSource({"3, 40", "15, 20", "15, 1", "100, 5", "700, 2", "2000, 1"})
  void noWaveIsLargerThanMemoryAllowsUnlessItIsOneRow(int length, int pairs) {
    for (Device device : Device.values()) {
      for (ModelStructure model : List.of(SMALL, WIDE)) {
        for (Positions positions : List.of(new Positions.All(), new Positions.Last())) {
          for (int batchRows : new int[] {Computation.AUTO, 7}) {
            List<PairCells> sweep = Collections.nCopies(pairs, pair(model, positions, length));
            SweepSchedule schedule = SweepSchedule.of(model, sweep, batchRows, device);
            assertBounded(schedule, WaveSize.on(device), batchRows);
            assertThat(schedule.rows())
                .isEqualTo(
                    SweepSchedule.of(model, sweep.subList(0, 1), Computation.AUTO).rows() * pairs);
          }
        }
      }
    }
  }

  private static void assertBounded(SweepSchedule schedule, WaveSize size, int batchRows) {
    for (Wave wave : schedule.waves()) {
      if (wave.rows().size() > 1 || wave.pairs().size() > 1) {
        assertThat(size.holds(schedule.memory(), wave.tokens(), new WaveRows(wave).count()))
            .isTrue();
      }
      if (batchRows != Computation.AUTO) {
        assertThat(wave.rows()).hasSizeLessThanOrEqualTo(batchRows);
      }
    }
  }

  @Test
  void shortPairsShareAWaveAndLongOnesDoNot() {
    SweepSchedule brief = schedule(5, 6);
    assertThat(brief.waves()).singleElement().satisfies(w -> assertThat(w.pairs()).hasSize(6));
    SweepSchedule extended = schedule(8000, 6);
    assertThat(extended.waves()).allSatisfy(w -> assertThat(w.pairs()).hasSize(1));
  }

  private static SweepSchedule schedule(int length, int pairs) {
    List<PairCells> sweep = Collections.nCopies(pairs, pair(SMALL, new Positions.Last(), length));
    return SweepSchedule.of(SMALL, sweep, Computation.AUTO);
  }

  private static PairCells pair(ModelStructure model, Positions positions, int length) {
    List<SweepSite> sites = new ArrayList<>();
    Stream.of(Component.RESID_PRE, Component.Q_PROJ, Component.MLP)
        .forEach(
            component -> {
              for (int layer = 0; layer < model.layers(); layer++) {
                PatchSite site = new PatchSite(component, layer, 1, HeadSelection.ALL, positions);
                sites.add(new SweepSite("sweep", PatchDirection.DENOISING, site));
              }
            });
    TokenizedPair pair = TestPairs.differingAt(length, length / 3);
    SiteExpansion expansion = new SiteExpansion(model);
    return new PairCells(
        pair, sites.stream().flatMap(site -> expansion.cells(site, pair).stream()).toList());
  }
}
