package org.patchgrid.input;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.Type;
import org.patchgrid.study.PatchgridException;

/** Makes JSON values of Parquet's: structs and maps become objects, lists arrays. */
final class ParquetValues {
  private ParquetValues() {}

  /** The fields of a row or a struct; those that are null are left out. */
  static ObjectNode object(Group group, PromptLocation where) {
    ObjectNode object = PromptFields.empty();
    GroupType type = group.getType();
    for (int field = 0; field < type.getFieldCount(); field++) {
      int count = group.getFieldRepetitionCount(field);
      Type fieldType = type.getType(field);
      if (fieldType.isRepetition(Type.Repetition.REPEATED)) {
        ArrayNode array = object.putArray(fieldType.getName());
        for (int i = 0; i < count; i++) {
          array.add(value(group, field, i, where));
        }
      } else if (count > 0) {
        object.set(fieldType.getName(), value(group, field, 0, where));
      }
    }
    return object;
  }

  private static JsonNode value(Group parent, int field, int index, PromptLocation where) {
    Type type = parent.getType().getType(field);
    if (type.isPrimitive()) {
      return primitive(parent, field, index, where);
    }
    Group group = parent.getGroup(field, index);
    LogicalTypeAnnotation annotation = type.getLogicalTypeAnnotation();
    if (annotation instanceof ListLogicalTypeAnnotation) {
      return list(group, where);
    }
    if (annotation instanceof MapLogicalTypeAnnotation) {
      return map(group, where);
    }
    return object(group, where);
  }

  private static ArrayNode list(Group list, PromptLocation where) {
    GroupType type = list.getType();
    if (type.getFieldCount() != 1 || !type.getType(0).isRepetition(Type.Repetition.REPEATED)) {
      throw unknownForm(type, "a list", where);
    }
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    Type repeated = type.getType(0);
    // Old writers repeat the element itself, all others a group that holds nothing else.
    boolean wrapped =
        !repeated.isPrimitive()
            && repeated.asGroupType().getFieldCount() == 1
            && !repeated.getName().equals("array");
    for (int i = 0; i < list.getFieldRepetitionCount(0); i++) {
      if (!wrapped) {
        array.add(value(list, 0, i, where));
        continue;
      }
      Group element = list.getGroup(0, i);
      boolean present = element.getFieldRepetitionCount(0) > 0;
      array.add(present ? value(element, 0, 0, where) : JsonNodeFactory.instance.nullNode());
    }
    return array;
  }

  private static ObjectNode map(Group map, PromptLocation where) {
    GroupType type = map.getType();
    boolean hasEntries =
        type.getFieldCount() == 1
            && !type.getType(0).isPrimitive()
            && type.getType(0).asGroupType().getFieldCount() == 2;
    if (!hasEntries) {
      throw unknownForm(type, "a map", where);
    }
    ObjectNode object = PromptFields.empty();
    for (int i = 0; i < map.getFieldRepetitionCount(0); i++) {
      Group entry = map.getGroup(0, i);
      if (entry.getFieldRepetitionCount(0) == 0) {
        throw where.problem("column '" + type.getName() + "' has an entry without a key");
      }
      if (entry.getFieldRepetitionCount(1) > 0) {
        object.set(value(entry, 0, 0, where).asText(), value(entry, 1, 0, where));
      }
    }
    return object;
  }

  private static PatchgridException unknownForm(GroupType type, String what, PromptLocation where) {
    return where.problem(
        "column '%s' says that it is %s, and is none as Parquet's writers make them"
            .formatted(type.getName(), what));
  }

  private static JsonNode primitive(Group parent, int field, int index, PromptLocation where) {
    Type type = parent.getType().getType(field);
    return switch (type.asPrimitiveType().getPrimitiveTypeName()) {
      case BINARY -> text(parent.getBinary(field, index), type, where);
      case INT32 -> IntNode.valueOf(parent.getInteger(field, index));
      case INT64 -> LongNode.valueOf(parent.getLong(field, index));
      case BOOLEAN -> BooleanNode.valueOf(parent.getBoolean(field, index));
      case FLOAT -> DoubleNode.valueOf(parent.getFloat(field, index));
      case DOUBLE -> DoubleNode.valueOf(parent.getDouble(field, index));
      case INT96, FIXED_LEN_BYTE_ARRAY ->
          throw where.problem(
              "column '" + type.getName() + "' has a type that is neither text nor number");
    };
  }

  private static TextNode text(Binary value, Type type, PromptLocation where) {
    try {
      return TextNode.valueOf(
          StandardCharsets.UTF_8.newDecoder().decode(value.toByteBuffer()).toString());
    } catch (CharacterCodingException e) {
      throw where.problem("column '" + type.getName() + "' is not UTF-8 text");
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      // Parquet looks where a value ends in its page when the value is asked for.
      throw where.problem("column '" + type.getName() + "' is damaged: a value ends nowhere");
    }
  }
}
