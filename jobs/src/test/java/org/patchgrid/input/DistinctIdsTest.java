package org.patchgrid.input;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DistinctIdsTest {
  @Test
  void everyIdIsNewOnceHoweverManyThereAre() {
    DistinctIds ids = new DistinctIds();
    for (int i = 0; i < 20_000; i++) {
      assertThat(ids.add("pair-" + i)).isTrue();
    }
    for (int i = 0; i < 20_000; i++) {
      assertThat(ids.add("pair-" + i)).isFalse();
    }
    assertThat(ids.add("")).isTrue();
    assertThat(ids.add("é")).isTrue();
    assertThat(ids.add("é")).isFalse();
  }
}
