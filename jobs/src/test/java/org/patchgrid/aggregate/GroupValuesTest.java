package org.patchgrid.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.patchgrid.study.CellStatus;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.table.GroupKey;
import org.patchgrid.table.Measure;
import org.patchgrid.table.StatusCounts;

/** Values of powers of two, so that every sum tells what is in it. */
class GroupValuesTest {
  private static final int[] ALL = {0, 1, 2};
  private static final GroupKey SITE = GroupKey.ofSite(AggregateRows.site("denoising", 3), "l2");
  private static final GroupKey LAYER = SITE.wholeLayer();

  private static MeasurementChunk chunk(String site) {
    return new MeasurementChunk(site);
  }

  @Test
  void aPairsValueIsTheMeanOverItsSites() {
    MeasurementChunk first = chunk("a");
    first.add(0, CellStatus.OK, 16, 1, 4, 0.25, 0.5);
    first.add(1, CellStatus.FAILED, 1, 1, 1, 1, 1);
    MeasurementChunk second = chunk("b");
    second.add(0, CellStatus.OK, 32, 2, 8, 0.5, 1);
    second.add(2, CellStatus.OK, 64, 0, 1, Double.NaN, 8);
    GroupValues values = new GroupValues(LAYER, List.of(second, first), 3);

    assertThat(values.sites()).isEqualTo(2);
    assertThat(values.ratios(Measure.EFFECT, ALL)).containsExactly(0.75, Double.NaN, 8);
    assertThat(values.ratios(Measure.RECOVERY, ALL)).containsExactly(0.375, Double.NaN, Double.NaN);
    assertThat(values.total(ALL)).containsExactly((15 + 30) / 2.0, Double.NaN, 64);
    assertThat(values.indirect(Measure.EFFECT, ALL)).containsExactly(4.5, Double.NaN, 1);
    assertThat(values.ratios(Measure.EFFECT, new int[] {2, 0})).containsExactly(8, 0.75);
  }

  /** Noising takes away what denoising gives: its effect is counted from the clean run. */
  @Test
  void theEffectOfNoisingIsWhatIsLost() {
    MeasurementChunk chunk = chunk("a");
    chunk.add(0, CellStatus.OK, 16, 1, 4, 0, 0);
    GroupKey noising = GroupKey.ofSite(AggregateRows.site(PatchDirection.NOISING.label(), 3), "l2");
    GroupValues values = new GroupValues(noising, List.of(chunk), 1);
    assertThat(values.indirect(Measure.EFFECT, new int[] {0})).containsExactly(12);
    assertThat(values.indirect(Measure.RECOVERY, new int[] {0})).containsExactly(3);
  }

  @Test
  void measurementsAreCountedByStatus() {
    List<CellStatus> statuses =
        List.of(
            CellStatus.OK,
            CellStatus.BY_CONSTRUCTION,
            CellStatus.DEGENERATE_BASELINE,
            CellStatus.NO_BASELINE,
            CellStatus.NOT_FINITE,
            CellStatus.FAILED);
    MeasurementChunk chunk = chunk("a");
    for (int pair = 0; pair < statuses.size(); pair++) {
      for (int times = 0; times <= pair; times++) {
        chunk.add(pair, statuses.get(pair), 1, 1, 1, 1, 1);
      }
    }
    GroupValues values = new GroupValues(LAYER, List.of(chunk), statuses.size());
    assertThat(values.counts(IntStream.range(0, statuses.size()).toArray()))
        .isEqualTo(new StatusCounts(1, 2, 3, 4, 5, 6));
    assertThat(values.counts(new int[] {1, 4})).isEqualTo(new StatusCounts(0, 2, 0, 0, 5, 0));
  }

  @Test
  void aSiteHasOneMeasurementAPair() {
    MeasurementChunk chunk = chunk("a");
    chunk.add(1, CellStatus.OK, 1, 1, 1, 1, 1);
    chunk.add(1, CellStatus.OK, 1, 1, 1, 1, 1);
    assertThatThrownBy(() -> new GroupValues(SITE, List.of(chunk), 2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("A pair was measured twice at GroupKey[metric=l2, grouping=SITE");
    assertThat(new GroupValues(LAYER, List.of(chunk), 2).sites()).isEqualTo(1);
  }

  @Test
  void chunksTravelAsBytes() {
    MeasurementChunk chunk = chunk("place Ġ");
    for (int row = 0; row < 20; row++) {
      chunk.add(100 + row, status(row), row, row + 0.1, row + 0.2, row + 0.3, Double.NaN);
    }
    MeasurementChunk arrived = MeasurementChunk.ofBytes(chunk.toBytes());
    assertThat(arrived.site()).isEqualTo("place Ġ");
    assertThat(arrived.size()).isEqualTo(20);
    for (int row = 0; row < 20; row++) {
      assertThat(arrived.pair(row)).isEqualTo(100 + row);
      assertThat(arrived.status(row)).isEqualTo(status(row));
      assertThat(
              List.of(
                  arrived.clean(row),
                  arrived.corrupted(row),
                  arrived.patched(row),
                  arrived.recovery(row),
                  arrived.effect(row)))
          .containsExactly((double) row, row + 0.1, row + 0.2, row + 0.3, Double.NaN);
    }
  }

  private static CellStatus status(int row) {
    return List.of(CellStatus.values()).get(row % 6);
  }
}
