package org.patchgrid.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LabelsTest {
  private static TokenizedPair pair(int length, Map<String, TokenSpan> labels) {
    TokenSequence tokens =
        new TokenSequence(Collections.nCopies(length, 7), Collections.nCopies(length, "x"));
    return new TokenizedPair(
        new PromptPair(
            0,
            "pair",
            new PromptText.Text(""),
            new PromptText.Text(""),
            new AnswerSpec.None(),
            new AnswerSpec.None(),
            Map.of(),
            Map.of()),
        PairStatus.OK,
        Optional.empty(),
        "",
        "",
        tokens,
        tokens,
        labels,
        new AnswerTokens.None(),
        new AnswerTokens.None());
  }

  @Test
  void resolvesLabelsAndTheirEnds() {
    TokenizedPair pair = pair(9, Map.of("subject", new TokenSpan(2, 5)));

    assertThat(Labels.resolve("subject", pair)).hasValue(new TokenSpan(2, 5));
    assertThat(Labels.resolve("subject.first", pair)).hasValue(new TokenSpan(2, 3));
    assertThat(Labels.resolve("subject.last", pair)).hasValue(new TokenSpan(4, 5));
    assertThat(Labels.resolve("last", pair)).hasValue(new TokenSpan(8, 9));
  }

  @Test
  void findsNoLabelThatThePairDoesNotHave() {
    TokenizedPair pair = pair(0, Map.of());

    assertThat(List.of("subject", "subject.first", "subject.last", "last"))
        .allSatisfy(name -> assertThat(Labels.resolve(name, pair)).isEmpty());
  }

  @Test
  void allowsDotsInNamesThatAreNotBuiltIn() {
    assertThat(Labels.isBuiltIn("subject.head")).isFalse();
    assertThat(Labels.isBuiltIn("last-name")).isFalse();
    assertThat(Labels.isBuiltIn("first")).isFalse();
    assertThat(Labels.resolve("a.b.last", pair(9, Map.of("a.b", new TokenSpan(2, 5)))))
        .hasValue(new TokenSpan(4, 5));
  }
}
