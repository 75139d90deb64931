package org.patchgrid.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.AnswerTokens;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.TokenSequence;
import org.patchgrid.study.TokenizedPair;

class PromptSurveyTest {
  @Test
  void countsUsablePairsByLengthAndOthersByWhy() {
    PromptSurvey survey = new PromptSurvey();
    assertThat(survey.reasons()).isEmpty();
    survey.add(pair(3, PairStatus.OK));
    survey.add(pair(9, PairStatus.INVALID));
    survey.add(pair(6, PairStatus.OK));
    survey.add(pair(9, PairStatus.LENGTH_MISMATCH));
    survey.add(pair(6, PairStatus.OK));
    survey.add(pair(8, PairStatus.LENGTH_MISMATCH));
    assertThat(survey.pairs()).isEqualTo(6);
    assertThat(survey.usable()).isEqualTo(3);
    assertThat(survey.meanTokens()).isEqualTo(5);
    assertThat(survey.sum(length -> length * length)).isEqualTo(9 + 2 * 36);
    assertThat(survey.reasons()).isEqualTo("length_mismatch 2, invalid 1");
  }

  /** A pair of so many tokens. */
  static TokenizedPair pair(int length, PairStatus status) {
    TokenSequence tokens =
        new TokenSequence(Collections.nCopies(length, 7), Collections.nCopies(length, "The"));
    PromptText text = new PromptText.Text("The");
    return new TokenizedPair(
        new PromptPair(
            0,
            "pair",
            text,
            text,
            new AnswerSpec.None(),
            new AnswerSpec.None(),
            Map.of(),
            Map.of()),
        status,
        status == PairStatus.OK ? Optional.empty() : Optional.of("why"),
        "The",
        "The",
        tokens,
        tokens,
        Map.of(),
        new AnswerTokens.None(),
        new AnswerTokens.None());
  }
}
