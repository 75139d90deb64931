package org.patchgrid.wave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.patchgrid.study.PatchDirection.DENOISING;
import static org.patchgrid.study.PatchDirection.NOISING;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.patchgrid.experiment.TestPairs;
import org.patchgrid.patch.NoiseSample;
import org.patchgrid.patch.Origin;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.Patch;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.patch.PatchedRun;
import org.patchgrid.patch.SiteExpansion;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Corruption;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.JointSite;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.PatchValue;
import org.patchgrid.study.PathFreeze;
import org.patchgrid.study.PathReceiver;
import org.patchgrid.study.PathSite;
import org.patchgrid.study.Positions;
import org.patchgrid.study.Site;
import org.patchgrid.study.SitePlace;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TestStructures;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;

/**
 * What a schedule makes of sets, ablations, entries of patterns, paths and noise, without a model:
 * four layers, six tokens, of which 2 and 4 differ.
 */
class ScheduledKindsTest {
  private static final int LENGTH = 6;
  private static final TokenizedPair PAIR = TestPairs.differingAt(LENGTH, 2, 4);
  private static final ModelStructure MODEL =
      TestStructures.of(
          "tiny",
          4,
          2,
          2,
          32,
          8,
          64,
          100,
          EnumSet.complementOf(EnumSet.of(Component.Q_NORM, Component.K_NORM)));

  @Test
  void aConstantMattersBeforeTheFirstDifferenceTooAndIsNeverTheSourceRun() {
    for (Component component : List.of(Component.MLP, Component.OUTPUT, Component.Z)) {
      for (int layer = 0; layer < 3; layer++) {
        Site early = site(component, layer, new Positions.At(0));
        assertThat(outcome(sweepSite(early, NOISING, PatchValue.ACTIVATION)))
            .isEqualTo(new Outcome.TargetRun(NOISING));
        assertThat(outcome(sweepSite(early, NOISING, PatchValue.ZERO)))
            .as("zero at %s of layer %d", component, layer)
            .isInstanceOf(Outcome.PatchedRow.class);
      }
    }
    Site whole = site(Component.OUTPUT, 3, new Positions.All());
    assertThat(outcome(sweepSite(whole, NOISING, PatchValue.ACTIVATION)))
        .isEqualTo(new Outcome.SourceRun(NOISING));
    assertThat(outcome(sweepSite(whole, NOISING, PatchValue.ZERO)))
        .isInstanceOf(Outcome.PatchedRow.class);
    // Behind the last attention only the last position is read, whatever is written.
    assertThat(
            outcome(
                sweepSite(site(Component.MLP, 3, new Positions.At(4)), NOISING, PatchValue.ZERO)))
        .isEqualTo(new Outcome.TargetRun(NOISING));
  }

  @ParameterizedTest
  @EnumSource(PatchDirection.class)
  void aSetIsOneRowAndItsPlacesWithoutEffectDoNotCount(PatchDirection direction) {
    SitePlace late = place(Component.MLP, 2);
    JointSite both =
        new JointSite(
            "both",
            JointSite.Part.SET,
            List.of(place(Component.MLP, 3), late),
            new Positions.At(4));
    // Position 4 of the last layer's MLP is not read.
    assertThat(outcome(sweepSite(both, direction, PatchValue.ACTIVATION)))
        .isEqualTo(
            outcome(
                sweepSite(
                    site(Component.MLP, 2, new Positions.At(4)),
                    direction,
                    PatchValue.ACTIVATION)));
    JointSite anywhere =
        new JointSite(
            "both",
            JointSite.Part.SET,
            List.of(place(Component.MLP, 1), late),
            new Positions.All());
    Outcome.PatchedRow row =
        (Outcome.PatchedRow) outcome(sweepSite(anywhere, direction, PatchValue.ACTIVATION));
    assertThat(row.patches())
        .extracting(EffectivePatch::point)
        .containsExactly(new HookPoint(Component.MLP, 1), new HookPoint(Component.MLP, 2));
  }

  @Test
  void anEntryOfAPatternIsOfQueriesThatSeeIt() {
    for (int query = 0; query < LENGTH; query++) {
      for (int key = 0; key < LENGTH; key++) {
        Site entry =
            new PatchSite(
                Component.PATTERN,
                1,
                1,
                HeadSelection.one(0),
                new Positions.At(query),
                new Positions.At(key));
        Outcome outcome = outcome(sweepSite(entry, DENOISING, PatchValue.ACTIVATION));
        boolean matters = query >= 2 && key <= query;
        assertThat(outcome instanceof Outcome.PatchedRow)
            .as("query %d, key %d", query, key)
            .isEqualTo(matters);
      }
    }
  }

  @Test
  void whatIsTakenBackIsTheTargetRun() {
    PatchedRun run =
        new PatchedRun(
            DENOISING,
            List.of(
                new Patch(
                    new HookPoint(Component.MLP, 1),
                    HeadSelection.ALL,
                    Optional.empty(),
                    Origin.TARGET)));
    assertThat(new PairOutcomes(MODEL, new PairCells(PAIR, List.of())).of(run))
        .isEqualTo(new Outcome.TargetRun(DENOISING));
  }

  @ParameterizedTest
  @EnumSource(PathFreeze.class)
  void aPathTakesAPassToTheEndAndTwoThroughAReceiver(PathFreeze freeze) {
    SitePlace sender = place(Component.MLP, 0);
    PatchedCell direct = cell(new PathSite(sender, new PathReceiver.Final(), freeze));
    PatchedCell through =
        cell(
            new PathSite(
                sender,
                new PathReceiver.Attention(
                    new SitePlace(Component.Q_PROJ, 2, HeadSelection.one(1))),
                freeze));
    assertThat(direct.run().passes()).isEqualTo(1);
    assertThat(through.run().passes()).isEqualTo(2);
    assertThat(operations(through)).isGreaterThan(operations(direct));
  }

  @Test
  void noiseDiffersAtItsSpanAlone() {
    NoiseSample noise = new NoiseSample(new TokenSpan(3, 4), 0.1, 1, "pair", 0);
    SiteExpansion expansion = new SiteExpansion(MODEL);
    SweepSite before = noised(site(Component.MLP, 1, new Positions.At(2)));
    SweepSite behind = noised(site(Component.MLP, 1, new Positions.At(3)));
    assertThat(outcome(new PairCells(PAIR, Optional.of(noise), expansion.cells(before, PAIR))))
        .isEqualTo(new Outcome.TargetRun(DENOISING));
    assertThat(outcome(new PairCells(PAIR, Optional.of(noise), expansion.cells(behind, PAIR))))
        .isInstanceOf(Outcome.PatchedRow.class);
  }

  private static SweepSite noised(Site site) {
    return new SweepSite(
        "sweep", DENOISING, site, PatchValue.ACTIVATION, new Corruption.Noise("subject", 3, 1, 1));
  }

  private static Site site(Component component, int layer, Positions positions) {
    return new PatchSite(component, layer, 1, HeadSelection.ALL, positions);
  }

  private static SitePlace place(Component component, int layer) {
    return new SitePlace(component, layer, HeadSelection.ALL);
  }

  private static SweepSite sweepSite(Site site, PatchDirection direction, PatchValue value) {
    return new SweepSite("sweep", direction, site, value, Corruption.PROMPT);
  }

  private static PatchedCell cell(Site site) {
    return new SiteExpansion(MODEL)
        .cells(sweepSite(site, DENOISING, PatchValue.ACTIVATION), PAIR)
        .get(0);
  }

  private static Outcome outcome(SweepSite site) {
    return outcome(new PairCells(PAIR, new SiteExpansion(MODEL).cells(site, PAIR)));
  }

  private static Outcome outcome(PairCells cells) {
    return SweepSchedule.of(MODEL, List.of(cells), Computation.AUTO).outcomes().get(0).get(0);
  }

  private static double operations(PatchedCell cell) {
    PairCells cells = new PairCells(PAIR, List.of(cell));
    return SweepSchedule.of(MODEL, List.of(cells), Computation.AUTO).operations();
  }
}
