package org.patchgrid.metric;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecoveryTest {
  @Test
  void isTheFractionOfTheDifferenceMadeUpFor() {
    assertThat(Recovery.of(9, -1, 4)).hasValue(0.5);
    assertThat(Recovery.of(0, 10, 10)).hasValue(0);
    assertThat(Recovery.of(0, 10, 12)).hasValue(-0.2);
  }

  @Test
  void isUndefinedWhereTheBaselinesAreEqualForTheirSize() {
    assertThat(Recovery.of(0, 1e-6, 0.5)).isEmpty();
    assertThat(Recovery.of(0, 1.1e-6, 0)).isPresent();
    assertThat(Recovery.of(1000, 1000.001, 7)).isEmpty();
    assertThat(Recovery.of(1000, 1000.0011, 7)).isPresent();
  }
}
