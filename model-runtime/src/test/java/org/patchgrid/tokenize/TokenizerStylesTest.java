package org.patchgrid.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.AnswerTokens;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.LabelSpec;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;

/**
 * One small tokenizer of each style that supported models have, against what transformers makes of
 * the same prompts.
 */
class TokenizerStylesTest {
  private static final String NON_ASCII = "😀 Zürich 東京 is the odd cat";

  private static Path cache;

  @BeforeAll
  static void useOneCache(@TempDir Path directory) {
    cache = directory;
  }

  private static Path directory(String style) {
    return Path.of(
        System.getProperty("patchgrid.root"), "model-runtime/src/test/resources/tokenizers", style);
  }

  private static PromptTokenizer open(String style) throws IOException {
    return PromptTokenizer.open(
        directory(style), prompts(style).get("vocab_size").asInt(), new TokenizerCheck(cache));
  }

  private static JsonNode prompts(String style) throws IOException {
    return new ObjectMapper().readTree(directory(style).resolve("prompts.json").toFile());
  }

  private static TokenizedPair tokenize(PromptTokenizer tokenizer, Pairs pair) {
    return tokenizer.tokenize(pair.pair(), BosPolicy.TOKENIZER, AnswerTokenPolicy.ONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "neox", "llama2", "llama3", "metaspace", "gemma", "qwen", "opt"})
  void agreesWithTransformers(String style) throws IOException {
    try (PromptTokenizer tokenizer = open(style)) {
      for (JsonNode prompt : prompts(style).get("prompts")) {
        String text = prompt.get("text").asText();
        List<Integer> ids = new ArrayList<>();
        prompt.get("ids").forEach(id -> ids.add(id.asInt()));
        List<String> texts = new ArrayList<>();
        prompt.get("tokens").forEach(token -> texts.add(token.asText()));

        TokenizedPair ofText = tokenize(tokenizer, Pairs.of(text, text));
        assertThat(ofText.clean().ids()).isEqualTo(ids);
        assertThat(ofText.clean().texts()).isEqualTo(texts);

        TokenizedPair ofIds = tokenize(tokenizer, Pairs.of(ids, ids));
        assertThat(ofIds.clean()).isEqualTo(ofText.clean());
        assertThat(ofIds.cleanText()).isEqualTo(text);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "neox", "llama2", "llama3", "metaspace", "gemma", "qwen", "opt"})
  void findsLabelsInTextBeyondAscii(String style) throws IOException {
    try (PromptTokenizer tokenizer = open(style)) {
      Map<String, LabelSpec> labels =
          Map.of(
              "city", new LabelSpec.Text(" 東京", "東京"),
              "face", new LabelSpec.Text("😀", "😀 "),
              "umlaut", new LabelSpec.Text("ü", "ü"),
              "word", new LabelSpec.Text("the", " the"),
              "end", new LabelSpec.Text("cat", " cat"));
      TokenizedPair ofText = tokenize(tokenizer, Pairs.of(NON_ASCII, NON_ASCII).labels(labels));

      assertThat(ofText.reason()).isEmpty();
      // Every letter beyond ASCII is cut into its bytes: four, two and twice three.
      assertThat(length(ofText, "face")).isEqualTo(4);
      assertThat(length(ofText, "umlaut")).isEqualTo(2);
      assertThat(length(ofText, "city")).isEqualTo(6);
      assertThat(length(ofText, "word")).isEqualTo(1);
      assertThat(ofText.labels().keySet())
          .allSatisfy(name -> assertThat(spelled(ofText, name)).doesNotContain("\u2581", "Ġ"));

      List<Integer> ids = ofText.clean().ids();
      TokenizedPair ofIds = tokenize(tokenizer, Pairs.of(ids, ids).labels(labels));
      assertThat(ofIds.reason()).isEmpty();
      assertThat(ofIds.labels()).isEqualTo(ofText.labels());
    }
  }

  private static TokenSpan span(TokenizedPair pair, String label) {
    return Objects.requireNonNull(pair.labels().get(label));
  }

  private static int length(TokenizedPair pair, String label) {
    return span(pair, label).end() - span(pair, label).start();
  }

  private static List<String> spelled(TokenizedPair pair, String label) {
    return pair.clean().texts().subList(span(pair, label).start(), span(pair, label).end());
  }

  @ParameterizedTest
  @CsvSource({"llama2", "metaspace"})
  void leavesTheSpaceThatTheTokenizerPutsFirstOutOfALabel(String style) throws IOException {
    try (PromptTokenizer tokenizer = open(style)) {
      TokenizedPair pair =
          tokenize(tokenizer, Pairs.of("Joe sat", "Joe sat").label("name", "Joe", "Joe"));

      assertThat(pair.clean().texts()).startsWith("<s>", "\u2581", "J", "o", "e");
      assertThat(pair.labels()).containsEntry("name", new TokenSpan(2, 5));
    }
  }

  @ParameterizedTest
  @CsvSource({"llama2,306", "metaspace,306", "gemma,307", "gpt2,260", "llama3,261"})
  void continuesAPromptByOneToken(String style, int the) throws IOException {
    try (PromptTokenizer tokenizer = open(style)) {
      TokenizedPair pair =
          tokenize(tokenizer, Pairs.of("Joe sat", "Joe saw").answer(Pairs.texts(" the")));

      assertThat(pair.answer()).isEqualTo(new AnswerTokens.Known(List.of(the)));
    }
  }

  @Test
  void putsBosFirstInAStyleThatHasNone() throws IOException {
    try (PromptTokenizer tokenizer = open("gpt2")) {
      TokenizedPair pair =
          tokenizer.tokenize(
              Pairs.of("Fred gave the", "Fred gave the").pair(),
              BosPolicy.ALWAYS,
              AnswerTokenPolicy.ONE);

      assertThat(pair.clean().texts()).startsWith("<|endoftext|>", "F", "r", "ed");
    }
  }

  @Test
  void findsLabelsInTextThatTheTokenizerComposes() throws IOException {
    // Qwen's tokenizer joins a letter and its combining mark (NFC) before it cuts.
    String text = "is Zu\u0308rich odd";
    try (PromptTokenizer tokenizer = open("qwen")) {
      TokenizedPair pair =
          tokenize(
              tokenizer,
              Pairs.of(text, text)
                  .labels(
                      Map.of(
                          "city", new LabelSpec.Text("Zu\u0308rich", "Zu\u0308rich"),
                          "rest", new LabelSpec.Text("odd", "odd"))));

      assertThat(spelled(pair, "city")).containsExactly("Z", "Ã", "¼", "r", "i", "c", "h");
      assertThat(spelled(pair, "rest")).containsExactly("o", "d", "d");
    }
  }

  @Test
  void agreesWithTheReferenceOnSmolLm2() {
    Path model =
        Path.of(System.getProperty("patchgrid.root"), "data/models/SmolLM2-135M-Instruct-4bit");
    assumeTrue(
        Files.exists(model.resolve("tokenizer.json")),
        "needs the tokenizer of SmolLM2 in " + model);
    try (PromptTokenizer tokenizer =
        PromptTokenizer.open(model, 49152, new TokenizerCheck(cache))) {
      TokenizedPair capital =
          tokenize(
              tokenizer,
              Pairs.of("The capital of France is", "The capital of Italy is")
                  .answer(Pairs.texts(" Paris"))
                  .foil(Pairs.texts(" Rome"))
                  .label("subject", "France", " Italy"));
      assertThat(capital.clean().ids()).containsExactly(504, 3575, 282, 4649, 314);
      assertThat(capital.corrupted().ids()).containsExactly(504, 3575, 282, 7158, 314);
      assertThat(capital.answer()).isEqualTo(new AnswerTokens.Known(List.of(7042)));
      assertThat(capital.foil()).isEqualTo(new AnswerTokens.Known(List.of(7268)));
      assertThat(capital.labels()).containsEntry("subject", new TokenSpan(3, 4));

      TokenizedPair landmark =
          tokenize(
              tokenizer,
              Pairs.of(
                  "The Eiffel Tower is located in the city of",
                  "The Colosseum is located in the city of"));
      assertThat(landmark.clean().ids())
          .containsExactly(504, 414, 46682, 18669, 314, 3807, 281, 260, 2240, 282);
      assertThat(landmark.firstDifference()).hasValue(1);
    }
  }
}
