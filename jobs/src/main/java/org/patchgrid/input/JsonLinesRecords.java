package org.patchgrid.input;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;

/** Records of a file with one JSON object a line; blank lines are skipped. */
record JsonLinesRecords(String path, Utf8Lines lines) implements PromptRecords {
  @Override
  public Optional<PromptRecord> next() throws IOException {
    Optional<Utf8Lines.Line> line = lines.next();
    while (line.isPresent() && line.get().text().isBlank()) {
      line = lines.next();
    }
    return line.map(this::parsed);
  }

  private PromptRecord parsed(Utf8Lines.Line line) {
    PromptLocation here = PromptLocation.line(path, line.start().line());
    JsonNode value = PromptFields.json(line.text(), "the line", here);
    if (value instanceof ObjectNode fields) {
      return new PromptRecord(line.start(), here, fields);
    }
    throw here.problem("the line is not a JSON object: write {\"clean\": ..., \"corrupted\": ...}");
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
