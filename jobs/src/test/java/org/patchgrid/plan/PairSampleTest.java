package org.patchgrid.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PairSampleTest {
  private static List<Long> drawn(PairSample sample) {
    return LongStream.range(0, sample.pairs()).filter(sample::contains).boxed().toList();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "7, 1", "7, 3", "7, 7", "64, 4", "1000, 333", "997, 996"})
  void hasAsManyAsWereAskedForOneOfEachPiece(long pairs, long size) {
    PairSample sample = new PairSample(pairs, size, 5);
    List<Long> drawn = drawn(sample);
    assertThat(drawn).hasSize((int) size);
    for (int piece = 0; piece < size; piece++) {
      assertThat(drawn.get(piece)).isBetween(piece * pairs / size, (piece + 1) * pairs / size - 1);
    }
  }

  @Test
  void anotherSeedDrawsOthers() {
    assertThat(drawn(new PairSample(1000, 20, 1)))
        .isEqualTo(drawn(new PairSample(1000, 20, 1)))
        .isNotEqualTo(drawn(new PairSample(1000, 20, 2)));
  }

  @Test
  void tenMillionPairsTakeNoList() {
    PairSample sample = new PairSample(10_000_000, 500_000, 1);
    long drawn = LongStream.range(9_000_000, 9_100_000).filter(sample::contains).count();
    assertThat(drawn).isEqualTo(5_000);
  }

  @Test
  void whatCannotBeDrawnIsRefused() {
    assertThatThrownBy(() -> new PairSample(3, 4, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PairSample(3, 2, 1).contains(3))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
