package org.patchgrid.tokenize;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Copies of tokenizer directories with something changed in tokenizer.json. */
final class TokenizerFiles {
  private TokenizerFiles() {}

  static void copy(Path from, Path to, Consumer<ObjectNode> change) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = (ObjectNode) mapper.readTree(from.resolve("tokenizer.json").toFile());
    change.accept(json);
    mapper.writeValue(to.resolve("tokenizer.json").toFile(), json);
    Path config = from.resolve("tokenizer_config.json");
    Files.copy(config, to.resolve("tokenizer_config.json"));
  }

  /** Lets atlas-6l's tokenizer end every text with its EOS token, as T5's and BERT's do. */
  static void appendEos(ObjectNode json) {
    ObjectNode template = templateOf(json);
    ((ArrayNode) template.get("single"))
        .addObject()
        .putObject("SpecialToken")
        .put("id", "<|eos|>")
        .put("type_id", 0);
    ObjectNode eos = ((ObjectNode) template.get("special_tokens")).putObject("<|eos|>");
    eos.put("id", "<|eos|>");
    eos.putArray("ids").add(1);
    eos.putArray("tokens").add("<|eos|>");
  }

  static ObjectNode templateOf(JsonNode json) {
    JsonNode processor = json.get("post_processor");
    if (processor.get("type").asText().equals("TemplateProcessing")) {
      return (ObjectNode) processor;
    }
    for (JsonNode part : processor.get("processors")) {
      if (part.get("type").asText().equals("TemplateProcessing")) {
        return (ObjectNode) part;
      }
    }
    throw new IllegalArgumentException("No TemplateProcessing in " + processor);
  }
}
