package org.patchgrid.patch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.patchgrid.experiment.TestPairs;
import org.patchgrid.study.Component;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.Positions;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TestStructures;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;

class SiteExpansionTest {
  private static final ModelStructure MODEL =
      TestStructures.of("model", 2, 4, 2, 16, 4, 32, 100, EnumSet.of(Component.PATTERN));

  private static final TokenizedPair PAIR = labelled(TestPairs.differingAt(8, 2));

  private static TokenizedPair labelled(TokenizedPair pair) {
    return new TokenizedPair(
        pair.pair(),
        pair.status(),
        pair.reason(),
        pair.cleanText(),
        pair.corruptedText(),
        pair.clean(),
        pair.corrupted(),
        Map.of("subject", new TokenSpan(2, 4)),
        pair.answer(),
        pair.foil());
  }

  private static SweepSite entries(String... labels) {
    return new SweepSite(
        "sweep",
        PatchDirection.DENOISING,
        new PatchSite(
            Component.PATTERN,
            0,
            1,
            HeadSelection.one(1),
            new Positions.Last(),
            new Positions.AnyLabelled(List.of(labels))));
  }

  @Test
  void anEntryOfSeveralLabelsIsOneCell() {
    List<PatchedCell> cells =
        new SiteExpansion(MODEL).cells(entries("subject", "subject.first", "last"), PAIR);
    assertThat(cells)
        .extracting(cell -> cell.cell().sourcePosition().orElseThrow())
        .containsExactly(2, 3, 7);
    assertThat(cells).extracting(PatchedCell::cell).doesNotHaveDuplicates();
  }

  @Test
  void aPairNeedsEachOfTheLabels() {
    TokenizedPair checked = new SiteRequirements(List.of(entries("subject", "verb"))).require(PAIR);
    assertThat(checked.status()).isEqualTo(PairStatus.LABEL_MISSING);
    assertThat(checked.reason().orElseThrow()).contains("patches the source label 'verb'");
  }
}
