package org.patchgrid.input;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.patchgrid.conf.PromptFormat;

/**
 * Patchgrid's own fields.
 *
 * @param isTable whether the records are rows of a table, whose columns may be parts of fields
 */
record OwnDialect(boolean isTable) implements PromptDialect {
  @Override
  public PromptFormat format() {
    return PromptFormat.PATCHGRID;
  }

  @Override
  public List<String> remarks() {
    return List.of();
  }

  @Override
  public ObjectNode fields(ObjectNode raw, PromptLocation where) {
    if (!isTable) {
      return raw;
    }
    ObjectNode fields = PromptFields.empty();
    raw.properties()
        .forEach(field -> PromptFields.put(fields, field.getKey(), field.getValue(), where));
    return fields;
  }
}
