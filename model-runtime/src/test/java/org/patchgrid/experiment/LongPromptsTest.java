package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.TokenizedPair;

/** A prompt that is too long is a pair that says so: it does not fail its task. */
class LongPromptsTest {
  @Test
  void moreTokensThanAModelHasPositionsFor() {
    assertLongest(
        TestModels.family("gpt2-tied-f32"),
        48,
        "it has 49 tokens, and gpt2-tied-f32 has positions for 48");
  }

  @Test
  void moreTokensThanAttentionIsComputedOver() {
    assertLongest(
        TestModels.atlas(), 23_170, "it has 23171 tokens: more than 23170 are not computed");
  }

  private static void assertLongest(Path directory, int longest, String reason) {
    try (LoadedModel model = TestModels.load(directory)) {
      assertThat(tokenized(model, longest).isUsable()).isTrue();
      TokenizedPair longer = tokenized(model, longest + 1);
      assertThat(longer.status()).isEqualTo(PairStatus.INVALID);
      assertThat(longer.reason()).contains(reason);
    }
  }

  private static TokenizedPair tokenized(LoadedModel model, int length) {
    PromptText prompt = new PromptText.Ids(Collections.nCopies(length, 7));
    return model.tokenize(
        new PromptPair(
            0,
            "pair",
            prompt,
            prompt,
            new AnswerSpec.Given(List.of(new PromptText.Ids(List.of(9)))),
            new AnswerSpec.None(),
            Map.of(),
            Map.of()),
        BosPolicy.NEVER,
        AnswerTokenPolicy.ONE);
  }
}
