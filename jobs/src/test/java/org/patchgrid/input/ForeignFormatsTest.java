package org.patchgrid.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.conf.FormatChoice;
import org.patchgrid.conf.PromptFormat;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.LabelSpec;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.TokenSpan;

/** Prompt files of EAP-IG, auto-circuit and MIB; {@code prompts/README.md} has their origin. */
class ForeignFormatsTest {
  private final Path directory;

  ForeignFormatsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void tokenIdsOfEapIg() {
    Read read = read("eap-ig-ioi.csv", FormatChoice.AUTO);
    assertThat(read.index.dialect().remarks())
        .containsExactly(
            "answers are the token ids in correct_idx and incorrect_idx, of the tokenizer that the"
                + " file was made for",
            "not used: (unnamed), corrupted_hard");
    assertThat(read.pairs)
        .containsExactly(
            new PromptPair(
                0,
                "2",
                text("When Nora and Paul got a key at the park, Paul decided to give it to"),
                text("When Nora and Paul got a key at the park, Simon decided to give it to"),
                ids(1405),
                ids(563),
                Map.of(),
                Map.of()),
            new PromptPair(
                1,
                "3",
                text("Then, Ruth and Luke went to the museum. Luke gave a book to"),
                text("Then, Ruth and Luke went to the museum. Tom gave a book to"),
                ids(1200),
                ids(7),
                Map.of(),
                Map.of()));
  }

  @Test
  void anotherCorruptedColumnOfEapIg() {
    Read read = read("eap-ig-ioi.csv", counterfactual("corrupted_hard"));
    assertThat(read.pairs.get(1).corrupted())
        .isEqualTo(text("Then, Ruth and Luke went to the museum. Ruth gave a book to"));
    assertThat(read.index.dialect().remarks())
        .contains("corrupted prompts from corrupted_hard", "not used: (unnamed), corrupted");
    assertThat(read.index.identity())
        .startsWith(read.index.sha256() + " as eap-ig, corrupted prompts from corrupted_hard")
        .isNotEqualTo(read("eap-ig-ioi.csv", FormatChoice.AUTO).index.identity());
  }

  @ParameterizedTest
  @ValueSource(strings = {"eap-ig-greater-than.csv", "eap-ig-label.csv"})
  void yearsOfEapIgAreAllThatAreGreater(String file) {
    List<PromptPair> pairs = read(file, FormatChoice.AUTO).pairs;
    assertThat(pairs).hasSize(3);
    assertThat(pairs.get(0).answer()).isEqualTo(years(53, 100));
    assertThat(pairs.get(0).foil()).isEqualTo(years(0, 53));
    assertThat(pairs.get(1).answer()).isEqualTo(years(5, 100));
    assertThat(pairs.get(1).foil()).isEqualTo(years(0, 5));
    assertThat(pairs.get(2).answer()).isEqualTo(years(99, 100));
  }

  @Test
  void aLoneNumberThatIsNoYearIsNotTakenForATokenId() throws IOException {
    Path file =
        write(
            "ids.csv",
            """
            clean,corrupted,correct_idx
            The capital of France is,The capital of Italy is,52
            The truce lasted from the year 1352 to the year 13,x,14235
            The truce lasted from the year 1399 to the year 13,x,99
            The truce lasted from the year 1399 to the year 13,x,
            """);
    assertThat(problems(file, FormatChoice.AUTO))
        .satisfiesExactly(
            p ->
                assertThat(p)
                    .isEqualTo(
                        file
                            + ":2: column 'correct_idx' alone means the last two digits of a year,"
                            + " but the clean prompt does not end in a century and have the year"
                            + " is52 in it; token ids stand in two columns, correct_idx and"
                            + " incorrect_idx"),
            p ->
                assertThat(p)
                    .startsWith(file + ":3: column 'correct_idx': '14235' is neither the last two"),
            p ->
                assertThat(p)
                    .isEqualTo(
                        file + ":4: column 'correct_idx': no year of the century is behind 99"),
            p ->
                assertThat(p)
                    .isEqualTo(
                        file + ":5: column 'correct_idx' is empty: every pair needs its answer"));
  }

  @Test
  void listsOfIdsOfEapIg() throws IOException {
    PromptPair hypernym = read("eap-ig-hypernymy.csv", FormatChoice.AUTO).pairs.get(0);
    assertThat(hypernym.answer()).isEqualTo(ids(16840, 23685));
    assertThat(hypernym.foil()).isEqualTo(ids(7018, 7602));
    Path labels = write("labels.csv", "clean,corrupted,labels\na,b,\"[[3, 4], 5]\"\n");
    // The name of a field of ours, which it is not taken for either.
    assertThat(problems(labels, FormatChoice.AUTO))
        .containsExactly(labels + ":2: 'labels' must be an object: {\"subject\": ...}");
    FormatChoice named = new FormatChoice(Optional.of(PromptFormat.EAP_IG), Optional.empty());
    PromptPair pair = read(labels, named).pairs.get(0);
    assertThat(pair.answer()).isEqualTo(ids(3, 4));
    assertThat(pair.foil()).isEqualTo(ids(5));
  }

  @Test
  void otherTasksOfEapIg() {
    PromptPair fact = read("eap-ig-facts.csv", FormatChoice.AUTO).pairs.get(0);
    assertThat(fact.clean()).isEqualTo(text(" Rome, the capital of"));
    assertThat(fact.answer()).isEqualTo(ids(8037));
    assertThat(fact.foil()).isEqualTo(ids(1578));
    Read gender = read("eap-ig-gender.csv", FormatChoice.AUTO);
    assertThat(gender.pairs.get(0).answer()).isEqualTo(ids(673));
    assertThat(gender.pairs.get(0).foil()).isEqualTo(ids(339));
    assertThat(gender.index.dialect().remarks()).contains("not used: label");
    Read agreement = read("eap-ig-agreement.csv", FormatChoice.AUTO);
    assertThat(agreement.pairs.get(0).answer()).isEqualTo(new AnswerSpec.None());
    assertThat(agreement.pairs.get(0).tags())
        .isEqualTo(Map.of("group", "object-relative", "plural", "1"));
    assertThat(agreement.index.dialect().remarks()).containsExactly("no answers");
  }

  @Test
  void wordIndicesOfAutoCircuitAreLabelsOfTheText() {
    Read read = read("auto-circuit.json", FormatChoice.AUTO);
    assertThat(read.index.dialect().remarks())
        .containsExactly(
            "labels from word_idxs: A_def, ,_A", "not used: last (the name of a built-in label)");
    Map<String, LabelSpec> labels =
        Map.of(
            "A_def", new LabelSpec.TextTokens(new TokenSpan(6, 7)),
            ",_A", new LabelSpec.TextTokens(new TokenSpan(7, 8)));
    assertThat(read.pairs)
        .containsExactly(
            new PromptPair(
                0,
                "1",
                text("\ndef load(self, files, names):"),
                text("\ndef load(self, table, names):"),
                texts(" files"),
                texts(" table", " names"),
                labels,
                Map.of()),
            new PromptPair(
                1,
                "2",
                text("\ndef read(self, image, size):"),
                text("\ndef read(self, order, size):"),
                texts(" image"),
                new AnswerSpec.None(),
                labels,
                Map.of()));
  }

  @Test
  void wordIndicesThatCountTheBosOfAutoCircuit() {
    Read read = read("auto-circuit-bos.json", FormatChoice.AUTO);
    assertThat(read.pairs.get(0).labels())
        .isEqualTo(
            Map.of(
                "IO", new LabelSpec.TextTokens(new TokenSpan(1, 2)),
                "IO+1", new LabelSpec.TextTokens(new TokenSpan(2, 3)),
                "S1", new LabelSpec.TextTokens(new TokenSpan(3, 4)),
                "S2", new LabelSpec.TextTokens(new TokenSpan(6, 7)),
                "end", new LabelSpec.TextTokens(new TokenSpan(8, 9))));
    assertThat(read.index.dialect().remarks())
        .contains("not used: S1-1 (the same token as IO+1), starts (no token of the text)");
  }

  @Test
  void tokenIdsOfAutoCircuit() {
    assertThat(read("auto-circuit-ids.json", FormatChoice.AUTO).pairs)
        .containsExactly(
            new PromptPair(
                0,
                "1",
                new PromptText.Ids(List.of(5, 6, 7)),
                new PromptText.Ids(List.of(5, 8, 7)),
                ids(3, 4),
                ids(2),
                Map.of("second", new LabelSpec.Tokens(new TokenSpan(1, 2))),
                Map.of()));
  }

  @Test
  void recordsOfDocumentsAreCountedAndBrokenOnesHaveALine() throws IOException {
    Path bad =
        write(
            "bad.json",
            """
            {"prompts": [
            {"clean": "a", "corrupt": "b"},
            3,
            {"clean": "a"},
            {"clean": "a", "corrupt": "b", "answers": "c"},
            {"clean": [1.5], "corrupt": [2]},
            {"clean": "a", "corrupt" "b"}]}
            """);
    assertThat(problems(bad, FormatChoice.AUTO))
        .satisfiesExactly(p -> assertThat(p).startsWith(bad + ":7: the file is not JSON: "));
    Path whole = write("whole.json", Files.readString(bad).replace("\"corrupt\" \"b\"", "\"x\":1"));
    assertThat(problems(whole, FormatChoice.AUTO))
        .containsExactly(
            whole + ", record 2: it is not a JSON object",
            whole + ", record 3: 'corrupt' is missing: every pair needs two prompts",
            whole + ", record 4: 'answers' must be a list of texts or of token ids",
            whole + ", record 5: 'clean_tokens': 1.5 is not a whole number from 0",
            whole + ", record 6: 'corrupt' is missing: every pair needs two prompts");
    Path number = write("number.json", "3\n");
    assertThat(problems(number, FormatChoice.AUTO))
        .singleElement()
        .asString()
        .startsWith(number + ":1: the line is not a JSON object");
    Path words = write("words.json", "{\"prompts\": [], \"word_idxs\": {\"a\": \"x\"}}");
    assertThat(problems(words, FormatChoice.AUTO))
        .containsExactly(
            words + ": word_idxs 'a' is \"x\": it must be the number of a token, from 0");
  }

  @Test
  void aDocumentOfPromptsIsNotOfAnotherFormat() {
    FormatChoice own = new FormatChoice(Optional.of(PromptFormat.PATCHGRID), Optional.empty());
    assertThat(problems(resource("auto-circuit.json"), own))
        .containsExactly(
            resource("auto-circuit.json")
                + ":1: this is not the format that prompts.format = patchgrid names: it is a JSON"
                + " object with a list of prompts");
  }

  @Test
  void theFirstTokenOfAutoCircuitCanBeALabel() {
    assertThat(AutoCircuitDialect.of(Map.of("first", 0), false).labels()).containsEntry("first", 0);
  }

  @Test
  void indirectObjectsOfMib() {
    assertThat(read("mib-ioi.json", counterfactual("s2_io_flip")).index.dialect().remarks())
        .containsExactly("corrupted prompts from s2_io_flip_counterfactual");
    assertThat(problems(resource("mib-ioi.json"), FormatChoice.AUTO))
        .containsExactly(
            resource("mib-ioi.json")
                + ":1: there are several counterfactuals, abc_counterfactual,"
                + " s2_io_flip_counterfactual: choose one by prompts.counterfactual");
    for (String name : List.of("s2_io_flip", "s2_io_flip_counterfactual")) {
      assertThat(read("mib-ioi.json", counterfactual(name)).pairs)
          .containsExactly(
              new PromptPair(
                  0,
                  "1",
                  text("Then, Ruth and Luke went to the museum. Luke gave a book to"),
                  text("Then, Ruth and Luke went to the museum. Ruth gave a book to"),
                  texts(" Ruth"),
                  texts(" Luke"),
                  Map.of(),
                  Map.of(
                      "counterfactual",
                      "s2_io_flip_counterfactual",
                      "template",
                      "Then, {name_A} and {name_B} went to the {place}. {name_C} gave a {object} to")));
    }
    assertThat(problems(resource("mib-ioi.json"), counterfactual("s1_io_flip")))
        .containsExactly(
            resource("mib-ioi.json")
                + ":1: there is no counterfactual 's1_io_flip': there are abc_counterfactual,"
                + " s2_io_flip_counterfactual; did you mean 's2_io_flip_counterfactual'?");
  }

  @Test
  void choicesAndLabelsOfMib() {
    PromptPair choice = read("mib-choices.jsonl", FormatChoice.AUTO).pairs.get(0);
    assertThat(choice.answer()).isEqualTo(texts("B"));
    assertThat(choice.foil()).isEqualTo(texts("2"));
    List<PromptPair> sums = read("mib-arithmetic.jsonl", counterfactual("random")).pairs;
    assertThat(sums.get(0).answer()).isEqualTo(texts("38"));
    assertThat(sums.get(0).foil()).isEqualTo(texts("47"));
    assertThat(sums.get(0).tags()).containsEntry("operator", "+");
    // Without a counterfactual it is an empty prompt, which is told of when it is tokenized.
    assertThat(sums.get(1).corrupted()).isEqualTo(text(""));
    assertThat(sums.get(1).foil()).isEqualTo(new AnswerSpec.None());
  }

  @Test
  void rowsOfMibThatContradictThemselves() throws IOException {
    String row = Files.readString(resource("mib-ioi.json"));
    FormatChoice choice = counterfactual("abc");
    Path key = write("key.json", row.replaceFirst("\"answerKey\": 0", "\"answerKey\": 2"));
    assertThat(problems(key, choice))
        .containsExactly(
            key + ", record 1: answerKey is 2, which is none of the 2 choices: they count from 0");
    Path other = write("other.json", row.replaceFirst("\"answerKey\": 0", "\"answerKey\": 1"));
    assertThat(problems(other, choice))
        .containsExactly(
            other + ", record 1: metadata.indirect_object is 'Ruth', but answerKey chooses 'Luke'");
  }

  @Test
  void rowsOfMibInParquetAndAsLinesOfAJsonFile() throws IOException {
    Path lines = directory.resolve("lines.json");
    Files.copy(resource("mib-choices.jsonl"), lines);
    List<PromptPair> expected = read("mib-choices.jsonl", FormatChoice.AUTO).pairs;
    assertThat(read(lines, FormatChoice.AUTO).pairs).isEqualTo(expected);
    MessageType schema =
        MessageTypeParser.parseMessageType(
            """
            message row {
              optional binary prompt (STRING);
              optional group choices {
                optional group label (LIST) { repeated group list { optional binary element (STRING); } }
              }
              optional int64 answerKey;
              optional group symbol_counterfactual {
                optional binary prompt (STRING);
                optional group choices {
                  optional group label (LIST) { repeated group list { optional int64 element; } }
                }
                optional int64 answerKey;
              }
            }
            """);
    SimpleGroupFactory groups = new SimpleGroupFactory(schema);
    Group row = groups.newGroup();
    row.append("prompt", ((PromptText.Text) expected.get(0).clean()).text());
    Group labels = row.addGroup("choices").addGroup("label");
    Stream.of("A", "B").forEach(label -> labels.addGroup("list").append("element", label));
    row.append("answerKey", 1L);
    Group other = row.addGroup("symbol_counterfactual");
    other.append("prompt", ((PromptText.Text) expected.get(0).corrupted()).text());
    Group numbers = other.addGroup("choices").addGroup("label");
    LongStream.of(1, 2).forEach(n -> numbers.addGroup("list").append("element", n));
    other.append("answerKey", 1L);
    Path file = directory.resolve("rows.parquet");
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toUri()))
            .withType(schema)
            .build()) {
      writer.write(row);
    }
    assertThat(read(file, FormatChoice.AUTO).pairs).isEqualTo(expected);
  }

  @Test
  void anyRangeOfADocumentIsRead() throws IOException {
    StringBuilder document = new StringBuilder("\uFEFF{\"prompts\": [");
    for (int i = 0; i < 2500; i++) {
      document.append(i == 0 ? "" : ", ");
      document.append("{\"clean\": \"a " + i + "\", \"corrupt\": \"b\"}");
    }
    Path file = write("many.json", document + "]}");
    Read read = read(file, FormatChoice.AUTO);
    assertThat(read.index.checkpoints()).hasSize(3);
    PromptSetReader reader = new PromptSetReader(file.toString(), new Configuration());
    for (int first : new int[] {0, 1023, 1024, 2048, 2499}) {
      assertThat(reader.read(read.index, first, first + 1))
          .isEqualTo(read.pairs.subList(first, first + 1));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "eap-ig-ioi.csv, EAP_IG",
    "auto-circuit.json, AUTO_CIRCUIT",
    "mib-choices.jsonl, MIB"
  })
  void theFormatMayBeNamed(String file, PromptFormat format) {
    FormatChoice named = new FormatChoice(Optional.of(format), Optional.empty());
    assertThat(read(file, named).pairs).isEqualTo(read(file, FormatChoice.AUTO).pairs);
    for (PromptFormat other : PromptFormat.values()) {
      if (other != format) {
        FormatChoice wrong = new FormatChoice(Optional.of(other), Optional.empty());
        assertThatThrownBy(() -> read(file, wrong)).isInstanceOf(PatchgridException.class);
      }
    }
    assertThatThrownBy(
            () -> read(file, new FormatChoice(Optional.of(PromptFormat.MIB), Optional.of("none"))))
        .isInstanceOf(PatchgridException.class);
  }

  @Test
  void whatIsOfNoFormatIsRefusedWithWhatWasLookedFor() throws IOException {
    Path csv = write("other.csv", "question,target\na,b\n");
    assertThat(problems(csv, FormatChoice.AUTO))
        .singleElement()
        .asString()
        .startsWith(
            csv
                + ":1: cannot tell the format of the prompts: the columns are question, target;"
                + " looked for Patchgrid's clean and corrupted; EAP-IG's clean, corrupted and")
        .endsWith("MIB's prompt and ..._counterfactual");
    Path json = write("other.json", "{\"data\": [{\"question\": \"a\"}]}");
    assertThat(problems(json, FormatChoice.AUTO))
        .singleElement()
        .asString()
        .startsWith(
            json + ":1: cannot tell the format of the prompts: the fields are data; looked");
    Path both =
        write(
            "both.csv",
            "clean,corrupted,correct_idx,incorrect_idx,country_idx,corrupted_country_idx\na,b,1,2,3,4\n");
    assertThat(problems(both, FormatChoice.AUTO))
        .containsExactly(
            both
                + ":1: there are answers in correct_idx and incorrect_idx and in country_idx and"
                + " corrupted_country_idx: keep one of them");
    Path own = write("own.csv", "clean,corrupted\na,b\n");
    assertThat(problems(own, counterfactual("abc")))
        .containsExactly(
            own
                + ":1: prompts.counterfactual = abc is for EAP-IG and MIB, and this is read as"
                + " Patchgrid, whose records have one corrupted prompt each: leave it out");
    Path mixed = write("mixed.csv", "clean,corrupted,answer,answer_id\na,b,c,\n");
    assertThat(read(mixed, FormatChoice.AUTO).index.dialect().format())
        .isEqualTo(PromptFormat.PATCHGRID);
  }

  private record Read(PromptIndex index, List<PromptPair> pairs) {}

  private Read read(String resource, FormatChoice choice) {
    return read(resource(resource), choice);
  }

  /** As an executor does: by an index that has travelled. */
  private static Read read(Path file, FormatChoice choice) {
    PromptSetReader reader = new PromptSetReader(file.toString(), new Configuration());
    PromptIndex index = travelled(reader.scan(choice));
    return new Read(index, reader.read(index, 0, index.pairs()));
  }

  private static PromptIndex travelled(PromptIndex index) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream output = new ObjectOutputStream(bytes)) {
        output.writeObject(index);
      }
      try (ObjectInputStream input =
          new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
        return (PromptIndex) input.readObject();
      }
    } catch (IOException | ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> problems(Path file, FormatChoice choice) {
    PatchgridException e = catchThrowableOfType(PatchgridException.class, () -> read(file, choice));
    assertThat(e).as("a problem in %s", file).isNotNull();
    return String.valueOf(e.getMessage()).lines().toList();
  }

  private static Path resource(String name) {
    URL url = Objects.requireNonNull(ForeignFormatsTest.class.getResource("/prompts/" + name));
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }

  private static FormatChoice counterfactual(String name) {
    return new FormatChoice(Optional.empty(), Optional.of(name));
  }

  private static PromptText text(String text) {
    return new PromptText.Text(text);
  }

  private static AnswerSpec texts(String... texts) {
    return new AnswerSpec.Given(Stream.of(texts).map(ForeignFormatsTest::text).toList());
  }

  private static AnswerSpec ids(int... ids) {
    return new AnswerSpec.Given(
        IntStream.of(ids).<PromptText>mapToObj(id -> new PromptText.Ids(List.of(id))).toList());
  }

  private static AnswerSpec years(int first, int end) {
    return texts(IntStream.range(first, end).mapToObj("%02d"::formatted).toArray(String[]::new));
  }
}
