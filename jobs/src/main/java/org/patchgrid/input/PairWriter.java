package org.patchgrid.input;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.LabelSpec;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.TokenSpan;

/** Writes pairs as {@link PromptSetReader} reads them. */
public final class PairWriter {
  private static final ObjectMapper JSON = new ObjectMapper();

  private PairWriter() {}

  /** The pair as one line of a {@code .jsonl} file, without its end. */
  public static String line(PromptPair pair) {
    ObjectNode fields = PromptFields.empty();
    fields.put("id", pair.id());
    prompt(fields, "clean", pair.clean());
    prompt(fields, "corrupted", pair.corrupted());
    answer(fields, "answer", pair.answer());
    answer(fields, "foil", pair.foil());
    if (!pair.labels().isEmpty()) {
      ObjectNode labels = fields.putObject("labels");
      pair.labels().forEach((name, label) -> label(labels, name, label));
    }
    if (!pair.tags().isEmpty()) {
      ObjectNode tags = fields.putObject("tags");
      pair.tags().forEach(tags::put);
    }
    try {
      return JSON.writeValueAsString(fields);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree can be written", e);
    }
  }

  private static void prompt(ObjectNode fields, String name, PromptText prompt) {
    if (prompt instanceof PromptText.Ids given) {
      given.ids().forEach(fields.putArray(name + "_tokens")::add);
    } else if (prompt instanceof PromptText.Text given) {
      fields.put(name, given.text());
    }
  }

  private static void answer(ObjectNode fields, String name, AnswerSpec answer) {
    if (answer instanceof AnswerSpec.Auto) {
      fields.put(name, PairReader.AUTO);
    } else if (answer instanceof AnswerSpec.Given given) {
      given(fields, name, given.answers());
    }
  }

  /**
   * @throws IllegalArgumentException for texts and ids together, or an answer of several ids, for
   *     which there are no fields
   */
  private static void given(ObjectNode fields, String name, List<PromptText> answers) {
    if (answers.stream().allMatch(PromptText.Text.class::isInstance)) {
      List<String> texts = answers.stream().map(a -> ((PromptText.Text) a).text()).toList();
      if (texts.size() == 1 && !texts.get(0).equals(PairReader.AUTO)) {
        fields.put(name, texts.get(0));
      } else {
        texts.forEach(fields.putArray(name + "s")::add);
      }
      return;
    }
    ArrayNode ids = fields.putArray(name + "_id");
    for (PromptText answer : answers) {
      if (!(answer instanceof PromptText.Ids one) || one.ids().size() != 1) {
        throw new IllegalArgumentException("There is no field for the answers " + answers);
      }
      ids.add(one.ids().get(0));
    }
  }

  private static void label(ObjectNode labels, String name, LabelSpec label) {
    if (label instanceof LabelSpec.Text text) {
      labels.putObject(name).put("clean", text.clean()).put("corrupted", text.corrupted());
    } else if (label instanceof LabelSpec.Tokens tokens) {
      span(labels.putArray(name), tokens.span());
    } else {
      TokenSpan span = ((LabelSpec.TextTokens) label).span();
      span(labels.putObject(name).putArray(PairReader.TOKENS), span);
    }
  }

  private static void span(ArrayNode array, TokenSpan span) {
    array.add(span.start()).add(span.end());
  }
}
