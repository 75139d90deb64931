package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.Positions;
import org.patchgrid.study.SweepSite;

/** How rows are packed into waves. */
class WavePackingTest {
  private static final EnumSet<Component> COMPONENTS =
      EnumSet.complementOf(EnumSet.of(Component.Q_NORM, Component.K_NORM));

  private static final ModelStructure SMALL =
      new ModelStructure("small", 4, 6, 3, 96, 16, 256, 512, COMPONENTS);

  /** As wide as models of seven billion weights. */
  private static final ModelStructure WIDE =
      new ModelStructure("wide", 4, 32, 8, 4096, 128, 11008, 512, COMPONENTS);

  @ParameterizedTest
  @CsvSource({"3, 40", "15, 20", "15, 1", "100, 5", "700, 2", "2000, 1"})
  void noWaveIsLargerThanMemoryAllowsUnlessItIsOneRow(int length, int pairs) {
    for (ModelStructure model : List.of(SMALL, WIDE)) {
      for (Positions positions : List.of(new Positions.All(), new Positions.Last())) {
        for (int batchRows : new int[] {Computation.AUTO, 7}) {
          SweepSchedule schedule = schedule(model, positions, length, pairs, batchRows);
          LayerMemory memory = new LayerMemory(model, length);
          for (Wave wave : schedule.waves()) {
            long tokens = wave.tokens();
            if (wave.rows().size() > 1 || wave.pairs().size() > 1) {
              assertThat(tokens).isLessThanOrEqualTo(WavePacking.mostTokens(length));
              assertThat(memory.bytes(tokens, new WaveRows(wave).count()))
                  .isLessThanOrEqualTo(WavePacking.LARGEST_LAYER_BYTES);
            }
            if (batchRows != Computation.AUTO) {
              assertThat(wave.rows()).hasSizeLessThanOrEqualTo(batchRows);
            }
          }
          assertThat(schedule.rows())
              .isEqualTo(schedule(model, positions, length, 1, Computation.AUTO).rows() * pairs);
        }
      }
    }
  }

  @Test
  void shortPairsShareAWaveAndLongOnesDoNot() {
    SweepSchedule brief = schedule(SMALL, new Positions.Last(), 5, 6, Computation.AUTO);
    assertThat(brief.waves()).singleElement().satisfies(w -> assertThat(w.pairs()).hasSize(6));
    SweepSchedule extended = schedule(SMALL, new Positions.Last(), 700, 6, Computation.AUTO);
    assertThat(extended.waves()).allSatisfy(w -> assertThat(w.pairs()).hasSize(1));
  }

  private static SweepSchedule schedule(
      ModelStructure model, Positions positions, int length, int pairs, int batchRows) {
    List<SweepSite> sites = new ArrayList<>();
    Stream.of(Component.RESID_PRE, Component.Q_PROJ, Component.MLP)
        .forEach(
            component -> {
              for (int layer = 0; layer < model.layers(); layer++) {
                PatchSite site = new PatchSite(component, layer, 1, HeadSelection.ALL, positions);
                sites.add(new SweepSite("sweep", PatchDirection.DENOISING, site));
              }
            });
    PairCells pair = NominalPair.of(model, sites, length);
    return SweepSchedule.of(model, Collections.nCopies(pairs, pair), batchRows);
  }
}
