package org.patchgrid.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNameTest {
  private static final List<String> KNOWN = List.of("clean", "corrupted", "answer", "answers");

  @Test
  void isTheOneWithTheFewestEdits() {
    assertThat(NearestName.of("claen", KNOWN)).contains("clean");
    assertThat(NearestName.of("Corupted", KNOWN)).contains("corrupted");
    assertThat(NearestName.of("answerss", KNOWN)).contains("answers");
    assertThat(NearestName.of("xyz", KNOWN)).isEmpty();
    assertThat(NearestName.of("mpl", List.of("mlp.act", "mlp"))).as("one swap").contains("mlp");
    assertThat(NearestName.of("lpm", List.of("mlp"))).as("two edits of three").isEmpty();
    assertThat(NearestName.of("clean", List.of())).isEmpty();
  }

  @Test
  void aHintListsWhatExistsWhenNothingIsNear() {
    assertThat(NearestName.hint("clen", "a pair", KNOWN)).isEqualTo("did you mean 'clean'?");
    assertThat(NearestName.hint("xyz", "a pair", KNOWN))
        .isEqualTo("a pair has clean, corrupted, answer, answers");
    assertThat(NearestName.list("xyz", KNOWN)).isEqualTo("clean, corrupted, answer, answers");
    assertThat(NearestName.list("clen", KNOWN))
        .isEqualTo("clean, corrupted, answer, answers; did you mean 'clean'?");
  }
}
