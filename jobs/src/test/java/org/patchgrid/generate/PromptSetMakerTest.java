package org.patchgrid.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.AnswerTokens;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;
import org.patchgrid.tokenize.PromptTokenizer;

class PromptSetMakerTest {
  private static final Path MODELS =
      Path.of(System.getProperty("patchgrid.root", ""), "data", "models");
  private static final Path ATLAS = MODELS.resolve("atlas-6l");
  private static final Path SMOL = MODELS.resolve("SmolLM2-135M-Instruct-4bit");
  private static final int SMOL_VOCABULARY = 49152;

  @ParameterizedTest
  @EnumSource
  void pairsOfEveryTaskAreValidWhateverComesFirst(Task task) {
    try (PromptTokenizer tokenizer = PromptTokenizer.open(SMOL, SMOL_VOCABULARY)) {
      List<PromptPair> pairs = make(tokenizer, task, 200, 5);
      assertThat(pairs).hasSize(200);
      assertThat(pairs).extracting(p -> p.clean() + "\n" + p.corrupted()).doesNotHaveDuplicates();
      assertThat(pairs).extracting(PromptPair::id).doesNotHaveDuplicates();
      for (PromptPair pair : pairs) {
        for (BosPolicy bos : BosPolicy.values()) {
          TokenizedPair tokens = tokenizer.tokenize(pair, bos, AnswerTokenPolicy.ONE);
          assertThat(tokens.isUsable()).as("%s: %s", pair.id(), tokens.reason()).isTrue();
          assertThat(tokens.firstDifference()).isPresent();
          assertThat(Collections.disjoint(ids(tokens.answer()), ids(tokens.foil()))).isTrue();
          assertThat(tokens.labels().keySet()).isEqualTo(labels(task));
        }
      }
    }
  }

  private static Set<String> labels(Task task) {
    return switch (task) {
      case IOI -> Set.of("IO", "S1", "S2", "end");
      case CAPITALS -> Set.of("subject");
      case GREATER_THAN -> Set.of("noun", "XX1", "YY", "XX2");
      case DOCSTRING -> Set.of("A_def", "B_def", "C_def", "A_doc", "B_doc", "end");
    };
  }

  @ParameterizedTest
  @EnumSource
  void theSameSeedGivesTheSamePairsAndFewerAreTheirBeginning(Task task) {
    try (PromptTokenizer tokenizer = PromptTokenizer.open(SMOL, SMOL_VOCABULARY)) {
      List<PromptPair> pairs = make(tokenizer, task, 40, 11);
      assertThat(make(tokenizer, task, 40, 11)).isEqualTo(pairs);
      assertThat(make(tokenizer, task, 17, 11)).isEqualTo(pairs.subList(0, 17));
      assertThat(make(tokenizer, task, 40, 12)).isNotEqualTo(pairs);
    }
  }

  @ParameterizedTest
  @EnumSource
  void indirectObjectsAreAsTheFieldHasThem(NameCorruption corruption) {
    try (PromptTokenizer tokenizer = PromptTokenizer.open(ATLAS, 1699)) {
      List<PromptPair> pairs =
          new PromptSetMaker(tokenizer, "atlas-6l").make(Task.IOI, corruption, 60, 1);
      assertThat(pairs.stream().map(pair -> pair.tags().get("template")).distinct()).hasSize(15);
      assertThat(pairs.stream().filter(pair -> "ABBA".equals(pair.tags().get("order"))))
          .hasSize(30);
      for (PromptPair pair : pairs) {
        TokenizedPair tokens = tokenizer.tokenize(pair, BosPolicy.TOKENIZER, AnswerTokenPolicy.ONE);
        Map<String, Integer> clean = at(tokens, tokens.clean().ids());
        Map<String, Integer> corrupted = at(tokens, tokens.corrupted().ids());
        int indirectObject = ids(tokens.answer()).get(0);
        int subject = ids(tokens.foil()).get(0);
        assertThat(clean.get("IO")).isEqualTo(indirectObject);
        assertThat(clean.get("S1")).isEqualTo(subject);
        assertThat(clean.get("S2")).isEqualTo(subject);
        assertThat(span(tokens, "end").end()).isEqualTo(tokens.clean().length());
        boolean isFirst = "ABBA".equals(pair.tags().get("order"));
        assertThat(span(tokens, "IO").start() < span(tokens, "S1").start()).isEqualTo(isFirst);
        switch (corruption) {
          case S2_IO ->
              assertThat(corrupted)
                  .containsEntry("IO", indirectObject)
                  .containsEntry("S1", subject)
                  .containsEntry("S2", indirectObject);
          case ABC -> {
            assertThat(corrupted).containsEntry("IO", indirectObject).containsEntry("S1", subject);
            assertThat(corrupted.get("S2")).isNotIn(indirectObject, subject);
          }
          case RANDOM_NAMES ->
              assertThat(
                      Set.of(
                          indirectObject,
                          subject,
                          corrupted.get("IO"),
                          corrupted.get("S1"),
                          corrupted.get("S2")))
                  .hasSize(5);
        }
      }
    }
  }

  private static Map<String, Integer> at(TokenizedPair pair, List<Integer> ids) {
    return pair.labels().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> only(e.getValue(), ids)));
  }

  private static TokenSpan span(TokenizedPair pair, String label) {
    return Objects.requireNonNull(pair.labels().get(label), label);
  }

  private static int only(TokenSpan span, List<Integer> ids) {
    assertThat(span.end()).isEqualTo(span.start() + 1);
    return ids.get(span.start());
  }

  /** The demo model's tokenizer allows a countable number of pairs about capitals. */
  @Test
  void everyPairThatThereIsCanBeHadAndNoMore() {
    try (PromptTokenizer tokenizer = PromptTokenizer.open(ATLAS, 1699)) {
      long allowed = countCapitals(tokenizer);
      assertThat(allowed).isGreaterThan(1000);
      List<PromptPair> all = make(tokenizer, Task.CAPITALS, (int) allowed, 3);
      assertThat(new HashSet<>(all.stream().map(p -> p.clean() + "\n" + p.corrupted()).toList()))
          .hasSize((int) allowed);
      assertThatThrownBy(() -> make(tokenizer, Task.CAPITALS, (int) allowed + 1, 3))
          .isInstanceOf(PatchgridException.class)
          .hasMessageMatching(
              "Cannot make %d pairs of capitals for atlas-6l: its tokenizer allows %d \\(\\d+ of 121 capitals are one token\\); ask for fewer by --n"
                  .formatted(allowed + 1, allowed));
    }
  }

  /** Counted another way: three templates, and ordered pairs of countries of equal length. */
  private static long countCapitals(PromptTokenizer tokenizer) {
    Map<Integer, Long> byLength =
        WordList.read("capitals.txt").stream()
            .map(line -> line.split("\\|"))
            .filter(fact -> tokenizer.tokens(" " + fact[1]).orElseThrow().length() == 1)
            .collect(
                Collectors.groupingBy(
                    fact -> tokenizer.tokens(" " + fact[0]).orElseThrow().length(),
                    Collectors.counting()));
    return 3 * byLength.values().stream().mapToLong(n -> n * (n - 1)).sum();
  }

  @Test
  void whatATokenizerCannotWriteIsSaid() {
    try (PromptTokenizer tokenizer = PromptTokenizer.open(ATLAS, 1699)) {
      assertThatThrownBy(() -> make(tokenizer, Task.DOCSTRING, 1, 1))
          .isInstanceOf(PatchgridException.class)
          .hasMessageMatching(
              "Cannot make 1 pairs of docstring for atlas-6l: its tokenizer allows 0 \\(\\d of 133 names of arguments are one token, and it takes 11\\); choose another task or model");
    }
  }

  @Test
  void withDigitsOneByOneTheTensAreCompared() {
    try (PromptTokenizer tokenizer = PromptTokenizer.open(SMOL, SMOL_VOCABULARY)) {
      for (PromptPair pair : make(tokenizer, Task.GREATER_THAN, 50, 2)) {
        String clean = text(pair.clean());
        int tens = Integer.parseInt(clean.replaceAll(".* \\d\\d(\\d)\\d .*", "$1"));
        assertThat(texts(pair.answer())).isEqualTo(numbers("%d", tens + 1, 10));
        assertThat(texts(pair.foil())).isEqualTo(numbers("%d", 0, tens));
        assertThat(text(pair.corrupted())).isEqualTo(clean.replaceFirst("(\\d\\d)\\d\\d", "$101"));
        assertThat(pair.tags()).containsEntry("answers", "tens");
      }
    }
  }

  /** As GPT-2's tokenizer: a century and two digits are two tokens. */
  @Test
  void withTwoDigitTokensAllGreaterYearsAreRight(@TempDir Path directory) throws IOException {
    twoDigitTokenizer(directory);
    try (PromptTokenizer tokenizer = PromptTokenizer.open(directory, 2000)) {
      Set<String> years = new TreeSet<>();
      for (PromptPair pair : make(tokenizer, Task.GREATER_THAN, 400, 2)) {
        String clean = text(pair.clean());
        assertThat(clean).matches("The \\w+ lasted from the year (1[1-7])\\d\\d to the year \\1");
        String year = clean.replaceAll(".* \\d\\d(\\d\\d) .*", "$1");
        years.add(year);
        assertThat(texts(pair.answer()))
            .isEqualTo(numbers("%02d", Integer.parseInt(year) + 1, 100));
        assertThat(texts(pair.foil())).isEqualTo(numbers("%02d", 0, Integer.parseInt(year) + 1));
        assertThat(text(pair.corrupted())).isEqualTo(clean.replaceFirst("(\\d\\d)\\d\\d", "$101"));
        assertThat(pair.tags()).containsEntry("answers", "years");
      }
      assertThat(years).hasSizeGreaterThan(80).doesNotContain("00", "01", "99");
    }
  }

  private static void twoDigitTokenizer(Path directory) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode file = json.createObjectNode();
    file.put("version", "1.0");
    file.putObject("pre_tokenizer")
        .put("type", "Split")
        .put("behavior", "Isolated")
        .put("invert", false)
        .putObject("pattern")
        .put("Regex", " ?[A-Za-z]+| ?\\d\\d");
    ObjectNode model = file.putObject("model").put("type", "WordLevel").put("unk_token", "[UNK]");
    ObjectNode vocabulary = model.putObject("vocab");
    vocabulary.put("[UNK]", 0);
    for (String word : List.of("The", " lasted", " from", " the", " year", " to")) {
      vocabulary.put(word, vocabulary.size());
    }
    WordList.read("events.txt").forEach(noun -> vocabulary.put(" " + noun, vocabulary.size()));
    numbers("%02d", 0, 100).forEach(number -> vocabulary.put(number, vocabulary.size()));
    numbers(" %d", 11, 18).forEach(number -> vocabulary.put(number, vocabulary.size()));
    Files.writeString(directory.resolve("tokenizer.json"), json.writeValueAsString(file));
  }

  @Test
  void theArgumentsOfDocstringsAreWhereTheyBelong() {
    try (PromptTokenizer tokenizer = PromptTokenizer.open(SMOL, SMOL_VOCABULARY)) {
      for (PromptPair pair : make(tokenizer, Task.DOCSTRING, 50, 2)) {
        TokenizedPair tokens = tokenizer.tokenize(pair, BosPolicy.TOKENIZER, AnswerTokenPolicy.ONE);
        Map<String, Integer> clean = at(tokens, tokens.clean().ids());
        Map<String, Integer> corrupted = at(tokens, tokens.corrupted().ids());
        assertThat(clean.get("A_def")).isEqualTo(clean.get("A_doc"));
        assertThat(clean.get("B_def")).isEqualTo(clean.get("B_doc"));
        assertThat(ids(tokens.answer())).containsExactly(clean.get("C_def"));
        List<String> replaced = List.of("A_def", "B_def", "C_def", "A_doc", "B_doc");
        assertThat(replaced.stream().map(corrupted::get).distinct()).hasSize(5);
        for (String label : replaced) {
          assertThat(ids(tokens.foil())).contains(corrupted.get(label));
        }
        assertThat(corrupted.get("end")).isEqualTo(clean.get("end"));
      }
    }
  }

  @Test
  void aShuffleHasEveryNumberOnce() {
    SparseShuffle shuffle = new SparseShuffle(1000, new Random(4));
    Set<Long> seen = new HashSet<>();
    while (shuffle.hasNext()) {
      seen.add(shuffle.next());
    }
    assertThat(seen).hasSize(1000).allMatch(n -> n >= 0 && n < 1000);
  }

  private static List<PromptPair> make(PromptTokenizer tokenizer, Task task, int count, long seed) {
    return new PromptSetMaker(tokenizer, "atlas-6l").make(task, NameCorruption.S2_IO, count, seed);
  }

  private static List<Integer> ids(AnswerTokens answer) {
    return ((AnswerTokens.Known) answer).ids();
  }

  private static String text(PromptText prompt) {
    return ((PromptText.Text) prompt).text();
  }

  private static List<String> texts(AnswerSpec answer) {
    return ((AnswerSpec.Given) answer).answers().stream().map(PromptSetMakerTest::text).toList();
  }

  private static List<String> numbers(String form, int first, int end) {
    return IntStream.range(first, end).mapToObj(form::formatted).toList();
  }
}
