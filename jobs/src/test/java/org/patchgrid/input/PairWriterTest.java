package org.patchgrid.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.conf.FormatChoice;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.LabelSpec;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.TokenSpan;

class PairWriterTest {
  private static final PromptText A = new PromptText.Text(" a\n\"é😀");
  private static final PromptText IDS = new PromptText.Ids(List.of(3, 1));
  private static final PromptText ID = new PromptText.Ids(List.of(7));

  @Test
  void whatIsWrittenIsReadAgain(@TempDir Path directory) throws IOException {
    List<PromptPair> pairs =
        List.of(
            pair(0, A, A, new AnswerSpec.Given(List.of(A)), new AnswerSpec.Auto()),
            pair(1, IDS, A, new AnswerSpec.Given(List.of(A, A)), new AnswerSpec.None()),
            pair(
                2,
                A,
                IDS,
                new AnswerSpec.Given(List.of(ID, ID)),
                new AnswerSpec.Given(List.of(new PromptText.Text("auto")))));
    Path file =
        Files.write(
            directory.resolve("pairs.jsonl"), pairs.stream().map(PairWriter::line).toList());
    PromptSetReader reader = new PromptSetReader(file.toString(), new Configuration());
    assertThat(reader.read(reader.scan(FormatChoice.AUTO), 0, 3)).isEqualTo(pairs);
  }

  @Test
  void whatHasNoFieldIsRefused() {
    for (List<PromptText> answers : List.of(List.of(A, ID), List.of(IDS))) {
      PromptPair pair = pair(0, A, A, new AnswerSpec.Given(answers), new AnswerSpec.None());
      assertThatThrownBy(() -> PairWriter.line(pair))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("There is no field for the answers");
    }
  }

  private static PromptPair pair(
      long number, PromptText clean, PromptText corrupted, AnswerSpec answer, AnswerSpec foil) {
    return new PromptPair(
        number,
        "p" + number,
        clean,
        corrupted,
        answer,
        foil,
        number == 0
            ? Map.of()
            : Map.of(
                "a", new LabelSpec.Text("x", "y"),
                "b", new LabelSpec.Tokens(new TokenSpan(1, 2)),
                "c", new LabelSpec.TextTokens(new TokenSpan(2, 4))),
        number == 0 ? Map.of() : Map.of("relation", "é"));
  }
}
