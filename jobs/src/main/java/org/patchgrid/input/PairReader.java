package org.patchgrid.input;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.LabelSpec;
import org.patchgrid.study.Labels;
import org.patchgrid.study.Limit;
import org.patchgrid.study.NearestName;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.TokenSpan;

/** Makes a pair of one record's fields, or says what is wrong with them. */
record PairReader(ObjectNode fields, PromptLocation where) {
  static final String AUTO = "auto";

  /** The field of a label whose range counts from the first token of the text. */
  static final String TOKENS = "tokens";

  private static final List<String> LABEL_PARTS = List.of("clean", "corrupted");

  static PromptPair read(long number, PromptRecord record, PromptDialect dialect) {
    ObjectNode fields = dialect.fields(record.fields(), record.where());
    return new PairReader(fields, record.where()).pair(number);
  }

  private PromptPair pair(long number) {
    for (Map.Entry<String, JsonNode> field : fields.properties()) {
      if (!PromptFields.NAMES.contains(field.getKey())) {
        throw PromptFields.unknown("field", field.getKey(), where);
      }
    }
    return new PromptPair(
        number,
        id(),
        prompt("clean"),
        hasCorrupted() ? prompt("corrupted") : new PromptText.Absent(),
        answer("answer"),
        answer("foil"),
        labels(),
        tags());
  }

  private String id() {
    Optional<JsonNode> id = field("id");
    if (id.isEmpty()) {
      return Long.toString(where.number());
    }
    String text = id.get().isIntegralNumber() ? id.get().asText() : text(id.get(), "'id'");
    if (text.isBlank()) {
      throw where.problem("'id' is blank: leave it out to use the line number");
    }
    return text;
  }

  private boolean hasCorrupted() {
    return field("corrupted").isPresent() || field("corrupted_tokens").isPresent();
  }

  private PromptText prompt(String name) {
    String tokensName = name + "_tokens";
    Optional<JsonNode> text = field(name);
    Optional<JsonNode> tokens = field(tokensName);
    if (text.isPresent() && tokens.isPresent()) {
      throw where.problem("'" + name + "' and '" + tokensName + "' are both given: keep one");
    }
    if (tokens.isPresent()) {
      return new PromptText.Ids(tokenIds(tokens.get(), tokensName));
    }
    if (text.isEmpty()) {
      throw where.problem("'" + name + "' is missing: every pair needs a clean prompt");
    }
    // An empty prompt is well-formed: the pair becomes `invalid` when it is tokenized.
    String prompt = text(text.get(), "'" + name + "'");
    if (prompt.length() > Limit.PROMPT_CHARACTERS.value()) {
      throw where.problem(
          "'%s' has %d characters, and %s"
              .formatted(name, prompt.length(), Limit.PROMPT_CHARACTERS.remedy()));
    }
    return new PromptText.Text(prompt);
  }

  /** Of {@code answer}, {@code answers} and {@code answer_id}; a foil likewise. */
  private AnswerSpec answer(String name) {
    String groupName = name + "s";
    String idName = name + "_id";
    Optional<JsonNode> single = field(name);
    Optional<JsonNode> group = field(groupName);
    Optional<JsonNode> id = field(idName);
    if (Stream.of(single, group, id).filter(Optional::isPresent).count() > 1) {
      throw where.problem(
          "give one of '" + name + "', '" + groupName + "' and '" + idName + "', not several");
    }
    if (single.isPresent()) {
      return text(single.get(), "'" + name + "'").equals(AUTO)
          ? new AnswerSpec.Auto()
          : new AnswerSpec.Given(List.of(answerText(single.get(), name)));
    }
    if (group.isPresent()) {
      return new AnswerSpec.Given(answerTexts(group.get(), groupName));
    }
    if (id.isPresent()) {
      return new AnswerSpec.Given(answerIds(id.get(), idName));
    }
    return new AnswerSpec.None();
  }

  private List<PromptText> answerTexts(JsonNode group, String name) {
    if (!group.isArray() || group.isEmpty()) {
      throw where.problem("'" + name + "' must be a list of texts: [\" Paris\", \" Lyon\"]");
    }
    List<PromptText> texts = new ArrayList<>();
    group.forEach(element -> texts.add(answerText(element, name)));
    return texts;
  }

  private PromptText answerText(JsonNode value, String name) {
    String text = text(value, "'" + name + "'");
    if (text.isEmpty()) {
      throw where.problem("'" + name + "' is empty: leave it out if there is none");
    }
    return new PromptText.Text(text);
  }

  private List<PromptText> answerIds(JsonNode value, String name) {
    List<Integer> ids =
        value.isArray() ? tokenIds(value, name) : List.of(tokenId(value, "'" + name + "'"));
    return ids.stream().<PromptText>map(id -> new PromptText.Ids(List.of(id))).toList();
  }

  private List<Integer> tokenIds(JsonNode value, String name) {
    if (!value.isArray() || value.isEmpty()) {
      throw where.problem("'" + name + "' must be a list of token ids: [464, 3139]");
    }
    List<Integer> ids = new ArrayList<>();
    value.forEach(element -> ids.add(tokenId(element, "'" + name + "'")));
    return ids;
  }

  private int tokenId(JsonNode value, String what) {
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
      throw where.problem(what + ": " + value + " is not a whole number from 0");
    }
    return value.intValue();
  }

  private Map<String, LabelSpec> labels() {
    Map<String, LabelSpec> labels = new TreeMap<>();
    for (Map.Entry<String, JsonNode> label : object("labels", "{\"subject\": ...}").properties()) {
      if (!label.getValue().isNull()) {
        labels.put(labelName(label.getKey()), label(label.getValue(), label.getKey()));
      }
    }
    return labels;
  }

  private String labelName(String name) {
    if (name.isBlank()) {
      throw where.problem("a label has a blank name: give it one");
    }
    if (Labels.isBuiltIn(name)) {
      throw where.problem("label '" + name + "' has the name of a built-in one: rename it");
    }
    return name;
  }

  private LabelSpec label(JsonNode value, String name) {
    if (value.isArray()) {
      return new LabelSpec.Tokens(span(value, name));
    }
    if (!value.isObject()) {
      throw where.problem(
          "label '%s' must be {\"clean\": ..., \"corrupted\": ...} or a range of positions [4, 5]"
              .formatted(name));
    }
    if (value.size() == 1 && value.has(TOKENS)) {
      return new LabelSpec.TextTokens(span(value.get(TOKENS), name));
    }
    for (Map.Entry<String, JsonNode> part : value.properties()) {
      if (!LABEL_PARTS.contains(part.getKey())) {
        throw where.problem(
            "label '%s': unknown field '%s': %s"
                .formatted(
                    name, part.getKey(), NearestName.hint(part.getKey(), "a label", LABEL_PARTS)));
      }
    }
    String clean = labelText(value, name, "clean");
    boolean ofCleanAlone = !hasCorrupted() && !value.hasNonNull("corrupted");
    return new LabelSpec.Text(clean, ofCleanAlone ? clean : labelText(value, name, "corrupted"));
  }

  private String labelText(JsonNode label, String name, String part) {
    JsonNode value = label.get(part);
    if (value == null || value.isNull()) {
      throw where.problem("label '" + name + "' has no '" + part + "' text");
    }
    String text = text(value, "label '" + name + "'");
    if (text.isEmpty()) {
      throw where.problem("label '" + name + "' has an empty '" + part + "' text");
    }
    return text;
  }

  private TokenSpan span(JsonNode value, String name) {
    String what = "label '" + name + "'";
    if (value.size() == 2) {
      int start = tokenId(value.get(0), what);
      int end = tokenId(value.get(1), what);
      if (end > start) {
        return new TokenSpan(start, end);
      }
    }
    throw where.problem(what + ": " + value + " is not a half-open range of positions like [4, 5]");
  }

  private Map<String, String> tags() {
    Map<String, String> tags = new TreeMap<>();
    for (Map.Entry<String, JsonNode> tag : object("tags", "{\"relation\": ...}").properties()) {
      JsonNode value = tag.getValue();
      if (value.isNull()) {
        continue;
      }
      if (tag.getKey().isBlank()) {
        throw where.problem("a tag has a blank name: give it one");
      }
      boolean plain = value.isIntegralNumber() || value.isBoolean();
      tags.put(tag.getKey(), plain ? value.asText() : text(value, "tag '" + tag.getKey() + "'"));
    }
    return tags;
  }

  private ObjectNode object(String name, String example) {
    Optional<JsonNode> value = field(name);
    if (value.isEmpty()) {
      return PromptFields.empty();
    }
    if (value.get() instanceof ObjectNode object) {
      return object;
    }
    throw where.problem("'" + name + "' must be an object: " + example);
  }

  private String text(JsonNode value, String what) {
    if (!value.isTextual()) {
      throw where.problem(what + " must be a text, not " + value);
    }
    // Half of a surrogate pair, which JSON can spell, is no character: nothing could store it.
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(value.textValue())) {
      throw where.problem(what + " has half of a surrogate pair in it");
    }
    return value.textValue();
  }

  /** What is null counts as not given. */
  private Optional<JsonNode> field(String name) {
    return Optional.ofNullable(fields.get(name)).filter(value -> !value.isNull());
  }
}
