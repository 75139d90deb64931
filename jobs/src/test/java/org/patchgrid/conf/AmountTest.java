package org.patchgrid.conf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmountTest {
  @ParameterizedTest
  @CsvSource({
    "5%, 100, 5",
    "5%, 101, 6",
    "5 %, 3, 1",
    "100%, 7, 7",
    "0.1%, 10000, 10",
    "7%, 100, 7",
    "20, 100, 20",
    "20, 7, 7",
    "1, 1, 1"
  })
  void sharesAreRoundedUpAndNeverMoreThanAll(String text, long all, long expected) {
    assertThat(Amount.parse(text).orElseThrow().of(all)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"5%", "0.25%", "100%", "20", "12.5%"})
  void whatIsWrittenIsReadBack(String text) {
    Amount amount = Amount.parse(text).orElseThrow();
    assertThat(amount).hasToString(text);
    assertThat(Amount.parse(amount.toString())).contains(amount);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0%", "101%", "-5%", "five", "5.5", "%", "1e3"})
  void anythingElseIsNone(String text) {
    assertThat(Amount.parse(text)).isEmpty();
  }

  @Test
  void aShareOfSomethingIsAtLeastOne() {
    assertThat(new Amount.Share(1e-6).of(10)).isEqualTo(1);
  }
}
