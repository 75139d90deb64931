package org.patchgrid.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.conf.FormatChoice;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.LabelSpec;
import org.patchgrid.study.Limit;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.TokenSpan;

class PromptSetReaderTest {
  private static final Configuration CONFIGURATION = new Configuration();

  private final Path directory;

  PromptSetReaderTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void theContractsExampleIsRead() throws Exception {
    Path file =
        write(
            "p.jsonl",
            """
            {"id": "fr-it", "clean": "The capital of France is", "corrupted": "The capital of Italy is", "answer": " Paris", "foil": " Rome", "labels": {"subject": {"clean": "France", "corrupted": "Italy"}}, "tags": {"relation": "capital"}}
            """);
    assertThat(all(file))
        .containsExactly(
            new PromptPair(
                0,
                "fr-it",
                new PromptText.Text("The capital of France is"),
                new PromptText.Text("The capital of Italy is"),
                new AnswerSpec.Given(List.of(new PromptText.Text(" Paris"))),
                new AnswerSpec.Given(List.of(new PromptText.Text(" Rome"))),
                Map.of("subject", new LabelSpec.Text("France", "Italy")),
                Map.of("relation", "capital")));
  }

  @Test
  void idsGroupsAndAutoAreRead() throws Exception {
    Path file =
        write(
            "p.jsonl",
            """
            {"clean_tokens": [1, 2], "corrupted_tokens": [1, 3], "answer_id": 7, "foil_id": [8, 9], "labels": {"s": [0, 1]}}
            {"id": 17, "clean": "a", "corrupted": "b", "answer": "auto", "foils": ["auto", "x"], "tags": {"n": 3, "b": true, "z": null}, "answers": null}
            """);
    assertThat(all(file))
        .containsExactly(
            new PromptPair(
                0,
                "1",
                new PromptText.Ids(List.of(1, 2)),
                new PromptText.Ids(List.of(1, 3)),
                new AnswerSpec.Given(List.of(new PromptText.Ids(List.of(7)))),
                new AnswerSpec.Given(
                    List.of(new PromptText.Ids(List.of(8)), new PromptText.Ids(List.of(9)))),
                Map.of("s", new LabelSpec.Tokens(new TokenSpan(0, 1))),
                Map.of()),
            new PromptPair(
                1,
                "17",
                new PromptText.Text("a"),
                new PromptText.Text("b"),
                new AnswerSpec.Auto(),
                new AnswerSpec.Given(
                    List.of(new PromptText.Text("auto"), new PromptText.Text("x"))),
                Map.of(),
                Map.of("n", "3", "b", "true")));
  }

  @Test
  void aPairMayHaveNoCorruptedPrompt() throws Exception {
    Path file =
        write(
            "clean.jsonl",
            """
            {"clean": "Paris is nice", "labels": {"subject": {"clean": "Paris"}}}
            {"clean_tokens": [1, 2], "corrupted": null}
            """);
    assertThat(all(file))
        .extracting(PromptPair::corrupted)
        .containsExactly(new PromptText.Absent(), new PromptText.Absent());
    assertThat(all(file).get(0).labels())
        .containsExactly(Map.entry("subject", new LabelSpec.Text("Paris", "Paris")));
    Path csv = write("clean.csv", "id,clean\na,Paris is nice\n");
    assertThat(all(csv)).extracting(PromptPair::corrupted).containsExactly(new PromptText.Absent());
  }

  @Test
  void everyMalformedRecordIsReportedWithItsLine() throws Exception {
    Path file =
        write(
            "bad.jsonl",
            """
            {"clean": "a", "corrupted": "b"}

            {"claen": "a", "corrupted": "b"}
            {"corrupted": "b"}
            {"clean": ["a"], "corrupted": "b"}
            {"clean": 3, "corrupted": "b"}
            {"clean": "a", "corrupted": "b"
            ["a"]
            {"clean": "a", "corrupted": "b", "clean": "c"}
            {"clean": "a", "corrupted": "b", "id": "1"}
            {"clean": "a", "corrupted": "b"} x
            """);
    assertThat(problems(file))
        .hasSize(9)
        .satisfiesExactly(
            p -> assertThat(p).isEqualTo(file + ":3: unknown field 'claen': did you mean 'clean'?"),
            p ->
                assertThat(p)
                    .isEqualTo(file + ":4: 'clean' is missing: every pair needs a clean prompt"),
            p -> assertThat(p).isEqualTo(file + ":5: 'clean' must be a text, not [\"a\"]"),
            p -> assertThat(p).isEqualTo(file + ":6: 'clean' must be a text, not 3"),
            p -> assertThat(p).startsWith(file + ":7: the line is not JSON at column "),
            p -> assertThat(p).startsWith(file + ":8: the line is not a JSON object"),
            p -> assertThat(p).startsWith(file + ":9: the line is not JSON").contains("'clean'"),
            p -> assertThat(p).isEqualTo(file + ":10: id '1' is there twice: first in line 1"),
            p -> assertThat(p).startsWith(file + ":11: the line is not JSON"));
  }

  @Test
  void theFirstOfTwoEqualIdsIsNamedUnlessWhatIsBeforeItCannotBeRead() throws Exception {
    String same = "{\"id\": \"a\", \"clean\": \"b\"}\n";
    Path third = write("third.jsonl", "{\"clean\": \"b\"}\n\n" + same + same);
    assertThat(problems(third))
        .containsExactly(third + ":4: id 'a' is there twice: first in line 3");
    Path behind = write("behind.jsonl", "{}\n" + same + same);
    assertThat(problems(behind))
        .containsExactly(
            behind + ":1: 'clean' is missing: every pair needs a clean prompt",
            behind + ":3: id 'a' is there twice");
  }

  @Test
  void wrongFieldsAreRefused() throws Exception {
    assertThat(problem("\"answer\": \"\""))
        .isEqualTo("'answer' is empty: leave it out if there is none");
    assertThat(problem("\"answer\": [\"a\"]")).isEqualTo("'answer' must be a text, not [\"a\"]");
    assertThat(problem("\"answers\": []")).startsWith("'answers' must be a list of texts");
    assertThat(problem("\"answer\": \"a\", \"answer_id\": 3"))
        .isEqualTo("give one of 'answer', 'answers' and 'answer_id', not several");
    assertThat(problem("\"answer\": \"a\", \"answers\": [\"b\"]"))
        .isEqualTo("give one of 'answer', 'answers' and 'answer_id', not several");
    assertThat(problem("\"foils\": [\"b\"], \"foil_id\": 3"))
        .isEqualTo("give one of 'foil', 'foils' and 'foil_id', not several");
    assertThat(problem("\"foil_id\": -1")).isEqualTo("'foil_id': -1 is not a whole number from 0");
    assertThat(problem("\"foil_id\": 1.5"))
        .isEqualTo("'foil_id': 1.5 is not a whole number from 0");
    assertThat(problem("\"foil_id\": 3000000000"))
        .isEqualTo("'foil_id': 3000000000 is not a whole number from 0");
    assertThat(problem("\"clean_tokens\": [1]"))
        .isEqualTo("'clean' and 'clean_tokens' are both given: keep one");
    assertThat(problem("\"labels\": {\"s\": [3, 3]}"))
        .isEqualTo("label 's': [3,3] is not a half-open range of positions like [4, 5]");
    assertThat(problem("\"labels\": {\"s\": {\"clean\": \"x\"}}"))
        .isEqualTo("label 's' has no 'corrupted' text");
    assertThat(problem("\"labels\": {\"s\": {\"clean\": \"x\", \"corupted\": \"y\"}}"))
        .isEqualTo("label 's': unknown field 'corupted': did you mean 'corrupted'?");
    assertThat(problem("\"labels\": {\"last\": [3, 4]}"))
        .isEqualTo("label 'last' has the name of a built-in one: rename it");
    assertThat(problem("\"labels\": [3, 4]")).startsWith("'labels' must be an object");
    assertThat(problem("\"tags\": {\"a\": 1.5}")).isEqualTo("tag 'a' must be a text, not 1.5");
    assertThat(problem("\"id\": \" \""))
        .isEqualTo("'id' is blank: leave it out to use the line number");
    assertThat(problem("\"id\": \"\\ud800\"")).isEqualTo("'id' has half of a surrogate pair in it");
  }

  @Test
  void whatIsNotUtf8IsRefusedWithItsLine() throws Exception {
    byte[] good = "{\"clean\": \"a\", \"corrupted\": \"b\"}\n".getBytes(StandardCharsets.UTF_8);
    byte[] bad = "{\"clean\": \"é\", \"corrupted\": \"b\"}\n".getBytes(StandardCharsets.ISO_8859_1);
    Path json = Files.write(directory.resolve("latin.jsonl"), concat(good, bad, good));
    assertThat(problems(json))
        .containsExactly(json + ":2: byte 12 of the line is not UTF-8: save the file as UTF-8");
    Path csv =
        Files.write(
            directory.resolve("latin.csv"),
            concat(
                "clean,corrupted\na,b\n".getBytes(StandardCharsets.UTF_8),
                "é,b\n".getBytes(StandardCharsets.ISO_8859_1)));
    assertThat(problems(csv))
        .containsExactly(csv + ":3: byte 1 of the line is not UTF-8: save the file as UTF-8");
  }

  @Test
  void csvProblemsHaveTheLineTheRecordBeginsIn() throws Exception {
    Path file =
        write(
            "bad.csv",
            String.join(
                "\r\n",
                "id,clean,corrupted,answer",
                "1,\"two\nlines\",b,",
                "",
                "2,a,b",
                "3,,b,x",
                "1,a,b,x",
                "4,\"a\"x,b,x"));
    assertThat(problems(file))
        .hasSize(4)
        .satisfiesExactly(
            p ->
                assertThat(p)
                    .isEqualTo(
                        file
                            + ":5: the record has 3 cells but the header has 4: put cells with"
                            + " commas in quotes"),
            p ->
                assertThat(p)
                    .isEqualTo(file + ":6: 'clean' is missing: every pair needs a clean prompt"),
            p -> assertThat(p).isEqualTo(file + ":7: id '1' is there twice: first in line 2"),
            p -> assertThat(p).startsWith(file + ":8: the record is not CSV: a cell"));
    Path open = write("open.csv", "clean,corrupted\na,b\n\"a,b\nc,d\n");
    assertThat(problems(open))
        .singleElement()
        .asString()
        .startsWith(open + ":3: the record is not CSV: a cell");
  }

  @Test
  void headersAreChecked() throws Exception {
    Path unknown = write("u.csv", "clean,corupted\na,b\n");
    assertThat(problems(unknown))
        .containsExactly(unknown + ":1: unknown column 'corupted': did you mean 'corrupted'?");
    Path twice = write("t.csv", "clean,corrupted,clean\na,b,c\n");
    assertThat(problems(twice))
        .containsExactly(twice + ":1: column 'clean' is there twice: rename one of them");
    Path none = write("n.csv", "\n");
    assertThat(problems(none))
        .containsExactly(none + ":1: there is no header row: begin with id,clean,corrupted");
    Path both = write("b.csv", "clean,corrupted,tags,tag.x\na,b,\"{\"\"x\"\": \"\"1\"\"}\",2\n");
    assertThat(problems(both)).containsExactly(both + ":2: column 'tag.x' gives 'x' a second time");
    Path twelve = write("l.csv", "a,b,c,d,e,f,g,h,i,j,k,l\n");
    assertThat(problems(twelve)).singleElement().asString().contains("columns are a, b,", " k, l;");
    Path merged = write("m.csv", "clean,tag.x,tags\na,1,\"{\"\"y\"\": \"\"2\"\"}\"\n");
    assertThat(all(merged).get(0).tags()).isEqualTo(Map.of("x", "1", "y", "2"));
    Path json = write("j.csv", "clean,corrupted,labels\na,b,{x\n");
    assertThat(problems(json))
        .singleElement()
        .asString()
        .startsWith(json + ":2: column 'labels' is not JSON");
  }

  @Test
  void filesThatCannotBeReadAreOneLine() throws Exception {
    assertThatThrownBy(() -> reader(directory.resolve("none.jsonl")).scan(FormatChoice.AUTO))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Cannot read prompts "
                + directory.resolve("none.jsonl")
                + ": there is no such file; check prompts.path");
    Path empty = write("empty.jsonl", "\n \n");
    assertThat(problems(empty))
        .containsExactly(
            "Cannot use prompts " + empty + ": there is no pair in it; add one a line");
    Path header = write("header.csv", "clean,corrupted\n");
    assertThat(problems(header))
        .containsExactly(
            "Cannot use prompts " + header + ": there is no pair in it; add one a line");
    Path folder = Files.createDirectory(directory.resolve("d.jsonl"));
    assertThat(problems(folder))
        .containsExactly("Cannot read prompts " + folder + ": it is a directory; name a file");
    Path fake = write("fake.parquet", "this is not Parquet at all, though it is long enough");
    assertThat(problems(fake))
        .singleElement()
        .asString()
        .startsWith("Cannot read prompts " + fake + ": not a Parquet file: ");
    Path brotli = Path.of("src/test/resources/prompts/brotli.parquet");
    assertThat(problems(brotli))
        .containsExactly(
            "Cannot read prompts "
                + brotli
                + ": it is compressed with brotli, which is not read: write it with zstd, snappy,"
                + " gzip or uncompressed");
    assertThatThrownBy(() -> new PromptSetReader("p.txt", new Configuration(false)))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Cannot tell the format of the prompts p.txt: name it .jsonl, .csv, .parquet or .json");
    assertThatThrownBy(
            () ->
                new PromptSetReader("nofs://h/p.csv", new Configuration(false))
                    .scan(FormatChoice.AUTO))
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith("Cannot read prompts nofs://h/p.csv: No FileSystem for scheme");
  }

  @Test
  void theThreeFormatsGiveEqualPairs() throws Exception {
    Path json =
        write(
            "p.jsonl",
            """
            {"id": "a", "clean": "The \\"capital\\", of\\nFrance 😀 is", "corrupted": "é", "answer": " Paris", "foil": "auto", "labels": {"subject": {"clean": "France", "corrupted": "é"}, "span": [1, 2]}, "tags": {"relation": "capital"}}
            {"id": "b", "clean_tokens": [1, 2, 3], "corrupted_tokens": [4, 5, 6], "answer_id": 7, "foil_id": [8, 9]}
            {"id": "c", "clean": "x", "corrupted": "y", "answers": [" a", " b"], "foils": [" c"], "tags": {"relation": "other"}}
            """);
    Path csv =
        write(
            "p.csv",
            "id,clean,corrupted,answer,foil,answers,foils,clean_tokens,corrupted_tokens,answer_id,"
                + "foil_id,labels,label.subject.clean,label.subject.corrupted,tag.relation\r\n"
                + "a,\"The \"\"capital\"\", of\nFrance 😀 is\",é, Paris,auto,,,,,,,"
                + "\"{\"\"span\"\": [1, 2]}\",France,é,capital\r\n"
                + "b,,,,,,,\"[1, 2, 3]\",\"[4, 5, 6]\",7,\"[8, 9]\",,,,\r\n"
                + "c,x,y,,,\"[\"\" a\"\", \"\" b\"\"]\",\"[\"\" c\"\"]\",,,,,,,,other\r\n");
    MessageType schema =
        MessageTypeParser.parseMessageType(
            """
            message pairs {
              optional binary id (STRING);
              optional binary clean (STRING);
              optional binary corrupted (STRING);
              optional binary answer (STRING);
              optional binary foil (STRING);
              optional group answers (LIST) { repeated group list { optional binary element (STRING); } }
              optional binary foils (STRING);
              optional group clean_tokens (LIST) { repeated group list { optional int32 element; } }
              optional group corrupted_tokens (LIST) { repeated int64 array; }
              optional int64 answer_id;
              optional binary foil_id (STRING);
              optional group labels {
                optional group subject { optional binary clean (STRING); optional binary corrupted (STRING); }
                optional group span (LIST) { repeated group list { optional int32 element; } }
              }
              optional group tags (MAP) {
                repeated group key_value { required binary key (STRING); optional binary value (STRING); }
              }
            }
            """);
    SimpleGroupFactory groups = new SimpleGroupFactory(schema);
    Group a = groups.newGroup();
    a.append("id", "a")
        .append("clean", "The \"capital\", of\nFrance 😀 is")
        .append("corrupted", "é");
    a.append("answer", " Paris").append("foil", "auto");
    Group labels = a.addGroup("labels");
    labels.addGroup("subject").append("clean", "France").append("corrupted", "é");
    Group span = labels.addGroup("span");
    span.addGroup("list").append("element", 1);
    span.addGroup("list").append("element", 2);
    tag(a, "capital");
    Group b = groups.newGroup();
    b.append("id", "b").append("answer_id", 7L).append("foil_id", "[8, 9]");
    Group clean = b.addGroup("clean_tokens");
    IntStream.of(1, 2, 3).forEach(i -> clean.addGroup("list").append("element", i));
    Group corrupted = b.addGroup("corrupted_tokens");
    IntStream.of(4, 5, 6).forEach(i -> corrupted.add("array", (long) i));
    Group c = groups.newGroup();
    c.append("id", "c").append("clean", "x").append("corrupted", "y").append("foils", "[\" c\"]");
    Group answers = c.addGroup("answers");
    answers.addGroup("list").append("element", " a");
    answers.addGroup("list").append("element", " b");
    tag(c, "other");
    Path parquet = writeParquet("p.parquet", schema, List.of(a, b, c), 1 << 20);

    List<PromptPair> expected = all(json);
    assertThat(expected).hasSize(3);
    assertThat(all(csv)).isEqualTo(expected);
    assertThat(all(parquet)).isEqualTo(expected);
  }

  @Test
  void anyRangeIsReadFromTheNearestCheckpoint() throws Exception {
    int pairs = 5000;
    Random random = new Random(7);
    StringBuilder json = new StringBuilder("\uFEFF");
    StringBuilder csv = new StringBuilder("\uFEFFid,clean,corrupted,tag.t\r\n");
    MessageType schema =
        MessageTypeParser.parseMessageType(
            "message p { required binary id (STRING); required binary clean (STRING);"
                + " required binary corrupted (STRING); optional binary tag.t (STRING); }");
    SimpleGroupFactory groups = new SimpleGroupFactory(schema);
    List<Group> rows = new ArrayList<>();
    for (int i = 0; i < pairs; i++) {
      String clean = "é😀\\n,x".repeat(random.nextInt(4)) + i;
      String text = clean.replace("\\n", "\n");
      json.append(random.nextInt(50) == 0 ? "\n" : "");
      json.append("{\"id\": \"p" + i + "\", \"clean\": \"" + clean + "\", \"corrupted\": \"b\"");
      json.append(i % 3 == 0 ? ", \"tags\": {\"t\": \"ü\"}}" : "}")
          .append(i % 2 == 0 ? "\n" : "\r\n");
      csv.append(random.nextInt(50) == 0 ? "\r\n" : "");
      csv.append("p" + i + ",\"" + text + "\",b," + (i % 3 == 0 ? "ü" : ""));
      csv.append(i % 2 == 0 ? "\n" : "\r\n");
      Group row =
          groups.newGroup().append("id", "p" + i).append("clean", text).append("corrupted", "b");
      rows.add(i % 3 == 0 ? row.append("tag.t", "ü") : row);
    }
    List<Path> files =
        List.of(
            write("many.jsonl", json.toString()),
            write("many.csv", csv.toString()),
            writeParquet("many.parquet", schema, rows, 4096));
    List<PromptPair> expected = all(files.get(0));
    for (Path file : files) {
      PromptIndex index = throughSerialization(reader(file).scan(FormatChoice.AUTO));
      assertThat(index.pairs()).isEqualTo(pairs);
      assertThat(index.checkpoints()).hasSize(5);
      assertThat(index.sha256())
          .isEqualTo(
              HexFormat.of()
                  .formatHex(
                      MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file))));
      assertThat(reader(file).read(index, 0, pairs)).isEqualTo(expected);
      for (int i = 0; i < 30; i++) {
        int first = random.nextInt(pairs);
        int end = first + 1 + random.nextInt(Math.min(40, pairs - first));
        assertThat(reader(file).read(index, first, end)).isEqualTo(expected.subList(first, end));
      }
      for (int first : new int[] {0, 1023, 1024, 1025, 4096, 4999}) {
        assertThat(reader(file).read(index, first, first + 1))
            .isEqualTo(expected.subList(first, first + 1));
      }
    }
  }

  @Test
  void lineNumbersStayRightBehindCheckpoints() throws Exception {
    StringBuilder csv = new StringBuilder("clean,corrupted\n");
    StringBuilder json = new StringBuilder();
    for (int i = 0; i < 3000; i++) {
      csv.append(i % 10 == 0 ? "\n\"a\nb\",c\n" : "a,c\n");
      json.append(i % 10 == 0 ? "\n" : "").append("{\"clean\": \"a\", \"corrupted\": \"c\"}\n");
    }
    for (Path file : List.of(write("l.csv", csv.toString()), write("l.jsonl", json.toString()))) {
      PromptIndex index = reader(file).scan(FormatChoice.AUTO);
      List<PromptPair> whole = reader(file).read(index, 0, 3000);
      // Without ids a pair's id is its line number, which must not depend on where reading began.
      assertThat(reader(file).read(index, 2900, 3000)).isEqualTo(whole.subList(2900, 3000));
      assertThat(whole.get(2999).id()).isEqualTo(file.toString().endsWith("csv") ? "3601" : "3300");
    }
  }

  @Test
  void parquetRowsAreNumberedFromOne() throws Exception {
    MessageType schema =
        MessageTypeParser.parseMessageType(
            "message p { optional binary clean (STRING); optional binary corrupted (STRING); }");
    SimpleGroupFactory groups = new SimpleGroupFactory(schema);
    Group good = groups.newGroup().append("clean", "a").append("corrupted", "b");
    Group bad = groups.newGroup().append("corrupted", "b");
    Path file = writeParquet("rows.parquet", schema, List.of(good, bad), 1 << 20);
    assertThat(problems(file))
        .containsExactly(file + ":2: 'clean' is missing: every pair needs a clean prompt");
    Path unknown =
        writeParquet(
            "unknown.parquet",
            MessageTypeParser.parseMessageType(
                "message p { optional binary cleen (STRING); optional binary corrupted (STRING); }"),
            List.of(),
            1 << 20);
    assertThat(problems(unknown))
        .containsExactly(unknown + ":1: unknown column 'cleen': did you mean 'clean'?");
  }

  @Test
  void aFileThatChangedAfterTheScanIsRefused() throws Exception {
    Path file = write("c.jsonl", "{\"clean\": \"a\", \"corrupted\": \"b\"}\n");
    PromptIndex index = reader(file).scan(FormatChoice.AUTO);
    Files.writeString(file, "{\"clean\": \"a\", \"corrupted\": \"bb\"}\n");
    assertThatThrownBy(() -> reader(file).read(index, 0, 1))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Prompts "
                + file
                + " have changed since the study began: put them back, or choose another --out");
    assertThatThrownBy(() -> reader(file).read(index, 0, 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> reader(file).read(index, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void parquetMayRepeatFieldsAndLeaveElementsAndValuesOut() throws Exception {
    MessageType schema =
        MessageTypeParser.parseMessageType(
            """
            message p {
              repeated int32 clean_tokens;
              optional group answers (LIST) { repeated group list { optional binary element (STRING); } }
              optional group tags (MAP) {
                repeated group key_value { required binary key (STRING); optional binary value (STRING); }
              }
            }
            """);
    Group row = new SimpleGroupFactory(schema).newGroup();
    row.append("clean_tokens", 7).append("clean_tokens", 8);
    Group tags = row.addGroup("tags");
    tags.addGroup("key_value").append("key", "a").append("value", "b");
    tags.addGroup("key_value").append("key", "c");
    PromptPair pair = all(writeParquet("some.parquet", schema, List.of(row), 1 << 20)).get(0);
    assertThat(pair.clean()).isEqualTo(new PromptText.Ids(List.of(7, 8)));
    assertThat(pair.tags()).isEqualTo(Map.of("a", "b"));
    row.addGroup("answers").addGroup("list");
    Path absent = writeParquet("null.parquet", schema, List.of(row), 1 << 20);
    assertThat(problems(absent)).containsExactly(absent + ":1: 'answers' must be a text, not null");
  }

  @Test
  void anIndexHasACheckpointForEvery1024Pairs() {
    OwnDialect dialect = new OwnDialect(false);
    PromptIndex.Checkpoint start = new PromptIndex.Checkpoint(0, 1);
    List<PromptIndex.Checkpoint> one = List.of(start);
    assertThat(new PromptIndex(1024, 1, "", dialect, one).checkpointOf(1023)).isEqualTo(start);
    assertThatThrownBy(() -> new PromptIndex(1025, 1, "", dialect, one))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1 checkpoints do not fit 1025 pairs");
  }

  @Test
  void cellsMayBeLong() throws Exception {
    String text = "abc".repeat(10_000);
    assertThat(all(write("long.csv", "clean\n" + text + "\n")).get(0).clean())
        .isEqualTo(new PromptText.Text(text));
  }

  @Test
  void halfAByteOrderMarkIsNoText() throws Exception {
    Path file = Files.write(directory.resolve("mark.jsonl"), new byte[] {(byte) 0xEF, (byte) 0xBB});
    assertThat(problems(file))
        .containsExactly(file + ":1: byte 1 of the line is not UTF-8: save the file as UTF-8");
  }

  @Test
  void everyFileIsClosed() throws Exception {
    MessageType schema =
        MessageTypeParser.parseMessageType("message p { optional binary clean (STRING); }");
    Group row = new SimpleGroupFactory(schema).newGroup().append("clean", "a");
    List<Path> files =
        List.of(
            write("whole.jsonl", "{\"clean\": \"a\"}\n"),
            write("broken.jsonl", "{}\n"),
            write("whole.csv", "clean\na\n"),
            write("broken.csv", "clean,clean\na,b\n"),
            write("whole.json", "[{\"clean\": \"a\"}]"),
            write("lines.json", "{\"clean\": \"a\"}\n"),
            write("broken.json", "[{] "),
            writeParquet("whole.parquet", schema, List.of(row), 1 << 20),
            write("broken.parquet", "PAR1"));
    Configuration counted = new Configuration();
    counted.set("fs.counted.impl", CountingFileSystem.class.getName());
    for (Path file : files) {
      String path = "counted://" + file;
      try {
        PromptSetReader reader = new PromptSetReader(path, counted);
        PromptIndex index = reader.scan(FormatChoice.AUTO);
        assertThat(reader.read(index, 0, index.pairs())).hasSize(1);
      } catch (PatchgridException e) {
        assertThat(path).contains("broken");
      }
      assertThat(CountingFileSystem.of(path, counted).openFiles()).as(path).isZero();
    }
  }

  @Test
  void whatIsLargerThanAllowedIsRefused() throws Exception {
    Path prompt = write("long.jsonl", "{\"clean\": \"" + "a".repeat(1_000_001) + "\"}\n");
    assertThat(problems(prompt))
        .containsExactly(
            prompt
                + ":1: 'clean' has 1000001 characters, and at most 1000000 are allowed; set"
                + " -Dpatchgrid.limit.prompt-characters to allow more");
    assertThat(all(write("most.jsonl", "{\"clean\": \"" + "a".repeat(1_000_000) + "\"}\n")))
        .hasSize(1);
    MessageType schema =
        MessageTypeParser.parseMessageType(
            "message p { optional binary clean (STRING); optional binary corrupted (STRING); }");
    Group row =
        new SimpleGroupFactory(schema).newGroup().append("clean", "a").append("corrupted", "b");
    Path parquet = writeParquet("large.parquet", schema, List.of(row), 1 << 20);
    Path line = write("line.jsonl", "{\"clean\": \"a\", \"corrupted\": \"bc\"}\n");
    System.setProperty(Limit.ROW_GROUP_BYTES.property(), "10");
    System.setProperty(Limit.LINE_BYTES.property(), "20");
    try {
      assertThat(problems(parquet))
          .singleElement()
          .asString()
          .startsWith("Cannot read prompts " + parquet + ": a row group has ")
          .endsWith(
              " bytes, and at most 10 are allowed; set -Dpatchgrid.limit.row-group-bytes to allow"
                  + " more; or write smaller ones");
      assertThat(all(write("short.jsonl", "{\"clean\":\"abcdefg\"}\n"))).hasSize(1);
      assertThat(problems(line))
          .containsExactly(
              line
                  + ":1: the line is too long: at most 20 are allowed; set"
                  + " -Dpatchgrid.limit.line-bytes to allow more");
    } finally {
      System.clearProperty(Limit.ROW_GROUP_BYTES.property());
      System.clearProperty(Limit.LINE_BYTES.property());
    }
    assertThat(all(parquet)).hasSize(1);
    assertThat(all(line)).hasSize(1);
  }

  @Test
  void aScanStopsAfterTenProblems() throws Exception {
    Path file = write("ten.jsonl", "{}\n".repeat(100));
    assertThat(problems(file)).hasSize(10);
  }

  private static void tag(Group pair, String relation) {
    pair.addGroup("tags").addGroup("key_value").append("key", "relation").append("value", relation);
  }

  private Path writeParquet(String name, MessageType schema, List<Group> rows, long rowGroupBytes)
      throws IOException {
    Path file = directory.resolve(name);
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toUri()))
            .withType(schema)
            .withRowGroupSize(rowGroupBytes)
            .build()) {
      for (Group row : rows) {
        writer.write(row);
      }
    }
    return file;
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }

  private static PromptSetReader reader(Path file) {
    return new PromptSetReader(file.toString(), CONFIGURATION);
  }

  private static List<PromptPair> all(Path file) {
    PromptIndex index = reader(file).scan(FormatChoice.AUTO);
    return reader(file).read(index, 0, index.pairs());
  }

  private static List<String> problems(Path file) {
    PatchgridException e =
        catchThrowableOfType(PatchgridException.class, () -> reader(file).scan(FormatChoice.AUTO));
    assertThat(e).as("a problem in %s", file).isNotNull();
    return String.valueOf(e.getMessage()).lines().toList();
  }

  /** The problem of a pair with these fields, without its place. */
  private String problem(String fields) throws IOException {
    Path file = write("one.jsonl", "{\"clean\": \"a\", \"corrupted\": \"b\", " + fields + "}\n");
    List<String> problems = problems(file);
    assertThat(problems).hasSize(1);
    return problems.get(0).substring((file + ":1: ").length());
  }

  private static byte[] concat(byte[]... parts) throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      whole.write(part);
    }
    return whole.toByteArray();
  }

  private static PromptIndex throughSerialization(PromptIndex index) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream output = new ObjectOutputStream(bytes)) {
      output.writeObject(index);
    }
    try (ObjectInputStream input =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (PromptIndex) input.readObject();
    }
  }
}
