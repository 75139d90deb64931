package org.patchgrid.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.util.Utils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.patchgrid.experiment.TestPairs;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.AnswerTokens;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.LabelSpec;
import org.patchgrid.study.Labels;
import org.patchgrid.study.Limit;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;

/** The rules of a pair, on atlas-6l's byte-level tokenizer, which puts a BOS token first. */
class PromptTokenizerTest {
  private static final Pairs FRANCE =
      Pairs.of("The capital of France is", "The capital of Italy is");

  private static Path cache;
  private static PromptTokenizer tokenizer;

  @BeforeAll
  static void openAtlas(@TempDir Path directory) {
    cache = directory;
    tokenizer = open(Pairs.ATLAS);
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  private static PromptTokenizer open(Path directory) {
    return PromptTokenizer.open(directory, Pairs.ATLAS_VOCABULARY, new TokenizerCheck(cache));
  }

  private static TokenizedPair tokenize(Pairs pair) {
    return tokenizer.tokenize(pair.pair(), BosPolicy.TOKENIZER, AnswerTokenPolicy.ONE);
  }

  private static TokenizedPair tokenizeFirst(Pairs pair) {
    return tokenizer.tokenize(pair.pair(), BosPolicy.TOKENIZER, AnswerTokenPolicy.FIRST);
  }

  private static void assertRejected(TokenizedPair pair, PairStatus status, String reason) {
    assertThat(pair.reason()).hasValue(reason);
    assertThat(pair.status()).isEqualTo(status);
    assertThat(reason.lines()).hasSize(1);
  }

  private static AnswerTokens known(Integer... ids) {
    return new AnswerTokens.Known(List.of(ids));
  }

  /** Beside a GPU, DJL would download a library for it. */
  @Test
  void downloadsNothing() {
    System.clearProperty("ai.djl.offline");
    open(Pairs.ATLAS).close();
    assertThat(Utils.isOfflineMode()).isTrue();
  }

  @Test
  void readsPromptsAnswersAndLabels() {
    TokenizedPair pair =
        tokenize(
            FRANCE
                .answer(Pairs.texts(" Paris"))
                .foil(Pairs.texts(" Rome"))
                .label("subject", "France", "Italy"));

    assertThat(pair.isUsable()).isTrue();
    assertThat(pair.reason()).isEmpty();
    assertThat(pair.cleanText()).isEqualTo("The capital of France is");
    assertThat(pair.clean().ids()).containsExactly(0, 281, 303, 277, 1083, 275);
    assertThat(pair.clean().texts())
        .containsExactly("<|bos|>", "The", "Ġcapital", "Ġof", "ĠFrance", "Ġis");
    assertThat(pair.corrupted().ids()).containsExactly(0, 281, 303, 277, 1020, 275);
    assertThat(pair.answer()).isEqualTo(known(1272));
    assertThat(pair.foil()).isEqualTo(known(1273));
    assertThat(pair.labels()).isEqualTo(Map.of("subject", new TokenSpan(4, 5)));
  }

  @Test
  void agreesWithTheReferenceOnALongerPair() {
    TokenizedPair pair =
        tokenize(
            Pairs.of(
                    "When Mary and John went to the store, John gave a ring to",
                    "When Mary and John went to the store, Mary gave a ring to")
                .answer(Pairs.texts(" Mary"))
                .foil(Pairs.texts(" John")));

    assertThat(pair.clean().ids())
        .containsExactly(0, 392, 580, 279, 563, 335, 268, 264, 555, 14, 563, 296, 270, 630, 268);
    assertThat(pair.firstDifference()).hasValue(10);
    assertThat(pair.answer()).isEqualTo(known(580));
    assertThat(pair.foil()).isEqualTo(known(563));
  }

  @Test
  void neverTruncatesOrPads() {
    String text = "The" + " capital".repeat(1999);

    TokenizedPair pair = tokenize(Pairs.of(text, "The"));

    assertThat(pair.clean().length()).isEqualTo(2001);
    assertThat(pair.corrupted().length()).isEqualTo(2);
  }

  @Test
  void neverTruncatesOrPadsThoughTheFileAsksForIt(@TempDir Path directory) throws Exception {
    TokenizerFiles.copy(
        Pairs.ATLAS,
        directory,
        json -> {
          json.putObject("truncation")
              .put("direction", "Right")
              .put("max_length", 3)
              .put("strategy", "LongestFirst")
              .put("stride", 0);
          json.putObject("padding")
              .put("direction", "Right")
              .put("pad_id", 2)
              .put("pad_type_id", 0)
              .put("pad_token", "<|pad|>")
              .putNull("pad_to_multiple_of")
              .putObject("strategy")
              .put("Fixed", 20);
        });
    try (PromptTokenizer cutting = open(directory)) {
      TokenizedPair pair =
          cutting.tokenize(FRANCE.pair(), BosPolicy.TOKENIZER, AnswerTokenPolicy.ONE);

      assertThat(pair.clean().ids()).containsExactly(0, 281, 303, 277, 1083, 275);
    }
  }

  @Test
  void leavesOutSpecialTokensWhenBosIsNever() {
    TokenizedPair pair =
        tokenizer.tokenize(
            FRANCE.answer(Pairs.texts(" Paris")).label("subject", "France", "Italy").pair(),
            BosPolicy.NEVER,
            AnswerTokenPolicy.ONE);

    assertThat(pair.clean().ids()).containsExactly(281, 303, 277, 1083, 275);
    assertThat(pair.labels()).containsEntry("subject", new TokenSpan(3, 4));
    assertThat(pair.answer()).isEqualTo(known(1272));
  }

  @Test
  void addsNoSecondBosTokenWhenBosIsAlways() {
    TokenizedPair pair = tokenizer.tokenize(FRANCE.pair(), BosPolicy.ALWAYS, AnswerTokenPolicy.ONE);

    assertThat(pair.clean().ids()).containsExactly(0, 281, 303, 277, 1083, 275);
  }

  @Test
  void putsTheBosTokenFirstWhereTheTokenizerDoesNot(@TempDir Path directory) throws Exception {
    TokenizerFiles.copy(Pairs.ATLAS, directory, json -> json.putNull("post_processor"));
    try (PromptTokenizer without = open(directory)) {
      Pairs wanted = FRANCE.answer(Pairs.texts(" Paris")).label("subject", "France", "Italy");

      assertThat(
              without
                  .tokenize(wanted.pair(), BosPolicy.TOKENIZER, AnswerTokenPolicy.ONE)
                  .clean()
                  .length())
          .isEqualTo(5);
      TokenizedPair pair = without.tokenize(wanted.pair(), BosPolicy.ALWAYS, AnswerTokenPolicy.ONE);
      assertThat(pair.clean().ids()).containsExactly(0, 281, 303, 277, 1083, 275);
      assertThat(pair.clean().texts()).startsWith("<|bos|>");
      assertThat(pair.labels()).containsEntry("subject", new TokenSpan(4, 5));
      assertThat(pair.answer()).isEqualTo(known(1272));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"bos_token\": null}; FILE names no bos_token",
        "{}; FILE names no bos_token",
        "{\"bos_token\": {\"content\": \"<s>\"}};"
            + " FILE names \"<s>\", which is not in tokenizer.json"
      })
  void namesTheFileThatLacksABosToken(String config, String why, @TempDir Path directory)
      throws Exception {
    TokenizerFiles.copy(Pairs.ATLAS, directory, json -> {});
    Path file = Files.writeString(directory.resolve("tokenizer_config.json"), config);
    try (PromptTokenizer without = open(directory)) {
      assertThatThrownBy(
              () -> without.tokenize(FRANCE.pair(), BosPolicy.ALWAYS, AnswerTokenPolicy.ONE))
          .isInstanceOf(PatchgridException.class)
          .hasMessage(
              "Cannot put a BOS token first (bos = always): "
                  + why.replace("FILE", file.toString())
                  + "; use bos = tokenizer or never");
    }
  }

  @Test
  void needsNoTokenizerConfigUnlessBosIsAlways(@TempDir Path directory) throws Exception {
    TokenizerFiles.copy(Pairs.ATLAS, directory, json -> {});
    Path file = directory.resolve("tokenizer_config.json");
    Files.delete(file);
    try (PromptTokenizer without = open(directory)) {
      assertThat(
              without
                  .tokenize(FRANCE.pair(), BosPolicy.TOKENIZER, AnswerTokenPolicy.ONE)
                  .isUsable())
          .isTrue();
      assertThatThrownBy(
              () -> without.tokenize(FRANCE.pair(), BosPolicy.ALWAYS, AnswerTokenPolicy.ONE))
          .isInstanceOf(PatchgridException.class)
          .hasMessageContaining("there is no " + file);
    }
  }

  @Test
  void refusesABrokenTokenizerConfig(@TempDir Path directory) throws Exception {
    TokenizerFiles.copy(Pairs.ATLAS, directory, json -> {});
    Path file = Files.writeString(directory.resolve("tokenizer_config.json"), "{\"bos");

    assertThatThrownBy(() -> open(directory))
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith("Cannot use " + file + ": it is not valid JSON")
        .hasMessageEndingWith("download the file again");
  }

  @Test
  void refusesATokenizerConfigOverTheLimit(@TempDir Path directory) throws Exception {
    TokenizerFiles.copy(Pairs.ATLAS, directory, json -> {});
    Path file = directory.resolve("tokenizer_config.json");
    System.setProperty(Limit.JSON_FILE_BYTES.property(), "10");
    try {
      assertThatThrownBy(() -> open(directory))
          .isInstanceOf(PatchgridException.class)
          .hasMessage(
              "Cannot use %s: it has %d bytes, and %s"
                  .formatted(file, Files.size(file), Limit.JSON_FILE_BYTES.remedy()));
    } finally {
      System.clearProperty(Limit.JSON_FILE_BYTES.property());
    }
  }

  @Test
  void keepsBothTokenListsOfUnequalLength() {
    TokenizedPair pair =
        tokenize(Pairs.of("The capital of France is", "The capital of New Zealand is"));

    assertRejected(
        pair,
        PairStatus.LENGTH_MISMATCH,
        "clean has 6 tokens, corrupted 12; reword one prompt so that both have equally many");
    assertThat(pair.clean().length()).isEqualTo(6);
    assertThat(pair.corrupted().length()).isEqualTo(12);
  }

  @Test
  void acceptsEitherSpellingOfAnAnswerThatIsOneToken() {
    assertThat(tokenize(FRANCE.answer(Pairs.texts("Paris"))).answer()).isEqualTo(known(1340));
    assertThat(tokenize(FRANCE.answer(Pairs.texts(" Paris"))).answer()).isEqualTo(known(1272));
  }

  @Test
  void refusesAnAnswerOfSeveralTokens() {
    Pairs pair = FRANCE.answer(Pairs.texts(" New Zealand"));

    assertRejected(
        tokenize(pair),
        PairStatus.ANSWER_NOT_ONE_TOKEN,
        "answer \" New Zealand\" continues the clean prompt by 7 tokens,"
            + " \"ĠN\", \"e\", \"w\", \"ĠZ\", \"e\", \"al\", \"and\";"
            + " give one of a single token, or set prompts.answer-token = first");
    assertThat(tokenizeFirst(pair).answer()).isEqualTo(known(444));
  }

  @Test
  void namesTheFoilThatIsNotOneToken() {
    assertThat(tokenize(FRANCE.foil(Pairs.texts(" New Zealand"))).reason().orElseThrow())
        .startsWith("foil \" New Zealand\" continues the clean prompt by 7 tokens");
  }

  @Test
  void tellsThatAnAnswerLacksItsSpace() {
    assertRejected(
        tokenize(FRANCE.answer(Pairs.texts("Greek"))),
        PairStatus.ANSWER_NOT_ONE_TOKEN,
        "answer \"Greek\" continues the clean prompt by 2 tokens,"
            + " \"Gree\", \"k\";"
            + " begin it with a space: \" Greek\", or set prompts.answer-token = first");
  }

  @Test
  void refusesAnAnswerThatChangesThePromptsTokens() {
    Pairs pair =
        Pairs.of("The capital of France is ", "The capital of Italy is ")
            .answer(Pairs.texts("Paris"));

    String reason =
        "answer \"Paris\" does not continue the tokens of the clean prompt but changes them;"
            + " move the space from the end of the prompt to the front of the answer";
    assertRejected(tokenize(pair), PairStatus.ANSWER_NOT_ONE_TOKEN, reason);
    assertRejected(tokenizeFirst(pair), PairStatus.ANSWER_NOT_ONE_TOKEN, reason);
  }

  @Test
  void refusesAnEmptyAnswer() {
    assertRejected(
        tokenize(FRANCE.answer(Pairs.texts(""))),
        PairStatus.ANSWER_NOT_ONE_TOKEN,
        "answer \"\" adds no token to the clean prompt; write the text that follows it");
  }

  @Test
  void readsAGroupOfAnswersInOrderWithoutRepeats() {
    TokenizedPair pair =
        tokenize(
            FRANCE
                .answer(Pairs.texts(" Paris", " Rome", " Paris"))
                .foil(Pairs.ids(1273, 1272, 1273)));

    assertThat(pair.answer()).isEqualTo(known(1272, 1273));
    assertThat(pair.foil()).isEqualTo(known(1273, 1272));
  }

  @Test
  void checksEveryAnswerOfAGroup() {
    assertThat(tokenize(FRANCE.answer(Pairs.texts(" Paris", " Canb"))).reason().orElseThrow())
        .startsWith("answer \" Canb\" continues the clean prompt by ");
  }

  @Test
  void leavesAutoToTheRun() {
    TokenizedPair pair = tokenize(FRANCE.answer(new AnswerSpec.Auto()));

    assertThat(pair.answer()).isEqualTo(new AnswerTokens.Auto());
    assertThat(pair.foil()).isEqualTo(new AnswerTokens.None());
  }

  @Test
  void refusesAnswerIdsThatAreNoSingleToken() {
    assertRejected(
        tokenize(FRANCE.answer(Pairs.ids(1699))),
        PairStatus.INVALID,
        "the answer has token id 1699, but the model's vocabulary has ids 0 to 1698");
    assertRejected(
        tokenize(FRANCE.foil(new AnswerSpec.Given(List.of(new PromptText.Ids(List.of(5, 6)))))),
        PairStatus.ANSWER_NOT_ONE_TOKEN,
        "the foil [5, 6] has 2 token ids; give exactly one");
  }

  @Test
  void comparesAnswersWithoutTheSpecialTokensThatTheTokenizerAppends(@TempDir Path directory)
      throws Exception {
    TokenizerFiles.copy(Pairs.ATLAS, directory, TokenizerFiles::appendEos);
    try (PromptTokenizer appending = open(directory)) {
      TokenizedPair pair =
          appending.tokenize(
              FRANCE.answer(Pairs.texts(" Paris")).pair(),
              BosPolicy.TOKENIZER,
              AnswerTokenPolicy.ONE);

      assertThat(pair.clean().ids()).containsExactly(0, 281, 303, 277, 1083, 275, 1);
      assertThat(pair.answer()).isEqualTo(known(1272));
    }
  }

  @Test
  void usesGivenIdsAsTheyAre() {
    TokenizedPair pair =
        tokenize(
            Pairs.of(List.of(281, 303, 277, 1083, 275), List.of(281, 303, 277, 1020, 275))
                .answer(Pairs.texts(" Paris"))
                .foil(Pairs.ids(1273))
                .label("subject", "France", "Italy"));

    assertThat(pair.isUsable()).isTrue();
    assertThat(pair.cleanText()).isEqualTo("The capital of France is");
    assertThat(pair.corruptedText()).isEqualTo("The capital of Italy is");
    assertThat(pair.clean().ids()).containsExactly(281, 303, 277, 1083, 275);
    assertThat(pair.clean().texts()).containsExactly("The", "Ġcapital", "Ġof", "ĠFrance", "Ġis");
    assertThat(pair.answer()).isEqualTo(known(1272));
    assertThat(pair.labels()).containsEntry("subject", new TokenSpan(3, 4));
  }

  @Test
  void decodesGivenIdsWithoutTheirBosToken() {
    TokenizedPair pair =
        tokenize(
            Pairs.of(List.of(0, 281, 303, 277, 1083, 275), List.of(0, 281, 303, 277, 1020, 275))
                .label("subject", "France", "Italy"));

    assertThat(pair.cleanText()).isEqualTo("The capital of France is");
    assertThat(pair.clean().texts()).startsWith("<|bos|>", "The");
    assertThat(pair.labels()).containsEntry("subject", new TokenSpan(4, 5));
  }

  @Test
  void findsNoTextLabelWhereGivenIdsAreCutDifferently() {
    // "T", "he" is what nobody's tokenizer would write
    Pairs pair = Pairs.of(List.of(54, 260), List.of(54, 260)).label("subject", "T", "T");

    assertRejected(
        tokenize(pair),
        PairStatus.LABEL_MISSING,
        "label \"subject\" cannot be found by its text: the clean prompt is given by ids that the"
            + " tokenizer would cut differently; give its token range, such as [4, 5], instead");
  }

  @Test
  void refusesAnswersOfSeveralTokensAfterGivenIds() {
    Pairs pair = Pairs.of(List.of(281, 303), List.of(281, 277));

    assertRejected(
        tokenize(pair.answer(Pairs.texts("Greek"))),
        PairStatus.ANSWER_NOT_ONE_TOKEN,
        "answer \"Greek\" is 2 tokens, \"Gree\", \"k\";"
            + " begin it with a space: \" Greek\", or set prompts.answer-token = first");
  }

  @ParameterizedTest
  @CsvSource({"-1", "1699"})
  void refusesIdsOutsideTheVocabulary(int id) {
    TokenizedPair pair = tokenize(Pairs.of(List.of(281, 303), List.of(281, id)));

    assertRejected(
        pair,
        PairStatus.INVALID,
        "the corrupted prompt has token id "
            + id
            + ", but the model's vocabulary has ids 0 to 1698");
    assertThat(pair.corrupted().ids()).containsExactly(281, id);
    assertThat(pair.corrupted().texts()).containsExactly("The", "[" + id + "]");
  }

  @Test
  void refusesTextWhoseTokensTheModelDoesNotHave() throws IOException {
    Path model = Files.createTempDirectory(cache, "image-token");
    String json = Files.readString(Pairs.ATLAS.resolve("tokenizer.json"));
    Files.writeString(
        model.resolve("tokenizer.json"),
        json.replaceFirst(
            "\"added_tokens\"\\s*:\\s*\\[",
            """
            "added_tokens": [{"id": 1699, "content": "<image>", "single_word": false,
            "lstrip": false, "rstrip": false, "normalized": false, "special": true},
            """));
    try (PromptTokenizer tokenizer =
        PromptTokenizer.open(model, Pairs.ATLAS_VOCABULARY, new TokenizerCheck(cache))) {
      TokenizedPair pair =
          tokenizer.tokenize(
              TestPairs.ofTexts(0, "image", "The <image>", "The capital", "a", "b"),
              BosPolicy.TOKENIZER,
              AnswerTokenPolicy.ONE);

      assertRejected(
          pair,
          PairStatus.INVALID,
          "the clean prompt has token id 1699, but the model's vocabulary has ids 0 to 1698");
    }
  }

  @Test
  void refusesPromptsWithoutTokens() {
    assertRejected(
        tokenize(Pairs.of(List.of(), List.of())),
        PairStatus.INVALID,
        "the clean prompt has no tokens");
    assertRejected(
        tokenize(Pairs.of(" ", "The")),
        PairStatus.INVALID,
        "the clean prompt is empty; give it a text");
    assertRejected(
        tokenizer.tokenize(Pairs.of("The", "").pair(), BosPolicy.NEVER, AnswerTokenPolicy.ONE),
        PairStatus.INVALID,
        "the corrupted prompt is empty; give it a text");
  }

  @Test
  void refusesHalfACharacter() {
    assertRejected(
        tokenize(Pairs.of("a \ud83d b", "a b")),
        PairStatus.INVALID,
        "the clean prompt: \"a \\ud83d b\" holds half of a surrogate pair; mend the file");
    assertThat(tokenize(FRANCE.answer(Pairs.texts("\ude00"))).status())
        .isEqualTo(PairStatus.INVALID);
  }

  @Test
  void saysOnOneLineWhatIsWrongWithATextOfSeveral() {
    assertThat(tokenize(FRANCE.answer(Pairs.texts(" a\n\"b\"\t"))).reason().orElseThrow())
        .startsWith("answer \" a\\n\\\"b\\\"\\t\" continues");
  }

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {"France,Italy", " France, Italy", "France , Italy ", "ranc,Ita"})
  void findsALabelWithOrWithoutTheSpacesAroundIt(String clean, String corrupted) {
    assertThat(tokenize(FRANCE.label("subject", clean, corrupted)).labels())
        .containsEntry("subject", new TokenSpan(4, 5));
  }

  @Test
  void findsALabelOfSeveralTokens() {
    assertThat(tokenize(FRANCE.label("phrase", "capital of", "capital of")).labels())
        .containsEntry("phrase", new TokenSpan(2, 4));
  }

  @Test
  void countsCharactersOutsideTheBasicPlaneAsOne() {
    // "😀" is one code point, two Java chars and four bytes.
    TokenizedPair pair =
        tokenize(
            Pairs.of("😀😀 Zürich 東京 is France now", "😀😀 Zürich 東京 is Italy now")
                .labels(
                    Map.of(
                        "land", new LabelSpec.Text("France", "Italy"),
                        "city", new LabelSpec.Text("東京", "東京"),
                        "umlaut", new LabelSpec.Text("ü", "ü"))));

    assertThat(textOf(pair, "land")).containsExactly("ĠFrance");
    assertThat(textOf(pair, "city")).containsExactly("æ", "Ŀ", "±", "ä", "º", "¬");
    assertThat(textOf(pair, "umlaut")).containsExactly("Ã", "¼");
  }

  private static List<String> textOf(TokenizedPair pair, String label) {
    TokenSpan span = Labels.resolve(label, pair).orElseThrow();
    return pair.clean().texts().subList(span.start(), span.end());
  }

  @Test
  void refusesALabelThatIsNotInThePrompt() {
    assertRejected(
        tokenize(FRANCE.label("subject", "France", "Spain")),
        PairStatus.LABEL_MISSING,
        "label \"subject\": the corrupted prompt does not contain \"Spain\";"
            + " correct the label's text");
  }

  @Test
  void refusesAnAmbiguousLabel() {
    assertRejected(
        tokenize(Pairs.of("France and France", "Italy and Italy").label("s", "France", "Italy")),
        PairStatus.LABEL_MISSING,
        "label \"s\": \"France\" is ambiguous, since the clean prompt contains it more than once;"
            + " give its token range, such as [4, 5], instead");
  }

  @Test
  void refusesALabelOfWhiteSpace() {
    assertRejected(
        tokenize(Pairs.of("The France", "The Italy").label("s", " ", " ")),
        PairStatus.LABEL_MISSING,
        "label \"s\" is only white space; give its token range, such as [4, 5], instead");
  }

  @Test
  void refusesALabelAtOtherPositionsInTheTwoPrompts() {
    assertRejected(
        tokenize(FRANCE.label("subject", "France is", "Italy")),
        PairStatus.LABEL_MISSING,
        "label \"subject\" covers tokens [4, 6) of the clean prompt and [4, 5) of the corrupted"
            + " one; both must cover the same positions");
  }

  @Test
  void refusesATokenRangeBeyondThePrompt() {
    assertThat(tokenize(FRANCE.label("subject", 5, 6)).isUsable()).isTrue();
    assertRejected(
        tokenize(FRANCE.label("subject", 5, 7)),
        PairStatus.LABEL_MISSING,
        "label \"subject\" is the token range [5, 7), but the prompts have 6 tokens, 0 to 5");
  }

  @Test
  void countsTokensOfTheTextWhateverIsPutBeforeThem() {
    Map<String, LabelSpec> labels =
        Map.of("subject", new LabelSpec.TextTokens(new TokenSpan(3, 4)));
    Map<BosPolicy, Integer> starts =
        Map.of(BosPolicy.TOKENIZER, 4, BosPolicy.ALWAYS, 4, BosPolicy.NEVER, 3);
    starts.forEach(
        (bos, start) -> {
          TokenizedPair pair =
              tokenizer.tokenize(FRANCE.labels(labels).pair(), bos, AnswerTokenPolicy.ONE);
          assertThat(pair.labels().get("subject")).isEqualTo(new TokenSpan(start, start + 1));
          assertThat(pair.clean().texts().get(start)).isEqualTo("ĠFrance");
        });
    TokenizedPair text = tokenize(FRANCE);
    Pairs ids = Pairs.of(text.clean().ids(), text.corrupted().ids()).labels(labels);
    assertThat(tokenize(ids).labels().get("subject")).isEqualTo(new TokenSpan(4, 5));
    assertRejected(
        tokenize(FRANCE.labels(Map.of("subject", new LabelSpec.TextTokens(new TokenSpan(4, 6))))),
        PairStatus.LABEL_MISSING,
        "label \"subject\" is the token range [5, 7), but the prompts have 6 tokens, 0 to 5");
  }

  @Test
  void refusesToCountTokensOfTheTextWhereTheBosIsInOnePromptOnly() {
    TokenizedPair text = tokenize(FRANCE);
    List<Integer> corrupted = new ArrayList<>(text.corrupted().ids().subList(1, 6));
    corrupted.add(5);
    assertRejected(
        tokenize(
            Pairs.of(text.clean().ids(), corrupted)
                .labels(Map.of("s", new LabelSpec.TextTokens(new TokenSpan(0, 1))))),
        PairStatus.LABEL_MISSING,
        "label \"s\" counts from the first token of the text, before which the clean prompt has 1"
            + " special tokens and the corrupted one 0; give its token range, such as [4, 5],"
            + " instead");
  }

  @Test
  void tokensOfATextAreWithoutSpecials() {
    assertThat(tokenizer.tokens("The capital").orElseThrow().texts())
        .containsExactly("The", "Ġcapital");
    assertThat(tokenizer.tokens("half \ud83d")).isEmpty();
    assertThat(tokenizer.spelling(0)).isEqualTo("<|bos|>");
  }

  @Test
  void refusesOverlappingLabels() {
    assertRejected(
        tokenize(
            FRANCE.labels(
                Map.of(
                    "a", new LabelSpec.Text("of France", "of Italy"),
                    "b", new LabelSpec.Tokens(new TokenSpan(4, 6))))),
        PairStatus.INVALID,
        "labels \"a\" [3, 5) and \"b\" [4, 6) overlap: remove or shorten one");
  }

  @ParameterizedTest
  @CsvSource({"last", "subject.first", "subject.last"})
  void refusesLabelsWithBuiltInNames(String name) {
    assertRejected(
        tokenize(FRANCE.label(name, 1, 2)),
        PairStatus.INVALID,
        "label \""
            + name
            + "\" has a built-in name (last, NAME.first and NAME.last are): choose another name");
  }

  @Test
  void refusesADirectoryWithoutTokenizer(@TempDir Path empty) {
    assertThatThrownBy(() -> PromptTokenizer.open(empty, 10))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Cannot find "
                + empty.resolve("tokenizer.json")
                + ": Patchgrid needs a model's tokenizer.json; download it beside config.json");
  }

  @Test
  void mayBeSharedBetweenThreads() {
    Pairs wanted = FRANCE.answer(Pairs.texts(" Paris")).label("subject", "France", "Italy");
    TokenizedPair alone = tokenize(wanted);

    List<TokenizedPair> together =
        IntStream.range(0, 2000).parallel().mapToObj(i -> tokenize(wanted)).toList();

    assertThat(together).isEqualTo(Collections.nCopies(2000, alone));
  }
}
