package org.patchgrid.table;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.GroupType;

/** Writes the fields of one row after the other, by name; an empty optional is a null. */
final class RowWriter {
  private final RecordConsumer consumer;
  private final GroupType schema;

  RowWriter(RecordConsumer consumer, GroupType schema) {
    this.consumer = consumer;
    this.schema = schema;
  }

  void begin() {
    consumer.startMessage();
  }

  void end() {
    consumer.endMessage();
  }

  void text(String field, String value) {
    field(field, () -> addText(value));
  }

  void text(String field, Optional<String> value) {
    value.ifPresent(present -> text(field, present));
  }

  void integer(String field, int value) {
    field(field, () -> consumer.addInteger(value));
  }

  void integer(String field, OptionalInt value) {
    value.ifPresent(present -> integer(field, present));
  }

  void flag(String field, Optional<Boolean> value) {
    value.ifPresent(present -> field(field, () -> consumer.addBoolean(present)));
  }

  /**
   * @throws IllegalStateException on NaN: what is undefined is null
   */
  void number(String field, OptionalDouble value) {
    if (value.isEmpty()) {
      return;
    }
    double present = value.getAsDouble();
    if (Double.isNaN(present)) {
      throw new IllegalStateException("Column " + field + " must be null, not NaN");
    }
    field(field, () -> consumer.addDouble(present));
  }

  void integers(String field, List<Integer> values) {
    list(field, values.size(), i -> consumer.addInteger(values.get(i)));
  }

  void texts(String field, List<String> values) {
    list(field, values.size(), i -> addText(values.get(i)));
  }

  /** In the map's own order, which should be a fixed one. */
  void textMap(String field, Map<String, String> values) {
    field(
        field,
        () ->
            group(
                () -> {
                  if (values.isEmpty()) {
                    return;
                  }
                  consumer.startField("key_value", 0);
                  values.forEach(
                      (key, value) ->
                          group(
                              () -> {
                                inner("key", 0, () -> addText(key));
                                inner("value", 1, () -> addText(value));
                              }));
                  consumer.endField("key_value", 0);
                }));
  }

  private interface ElementWriter {
    void write(int index);
  }

  private void list(String field, int size, ElementWriter element) {
    field(
        field,
        () ->
            group(
                () -> {
                  // Parquet allows no field without a value.
                  if (size == 0) {
                    return;
                  }
                  consumer.startField("list", 0);
                  for (int i = 0; i < size; i++) {
                    int index = i;
                    group(() -> inner("element", 0, () -> element.write(index)));
                  }
                  consumer.endField("list", 0);
                }));
  }

  private void field(String name, Runnable value) {
    inner(name, schema.getFieldIndex(name), value);
  }

  private void inner(String name, int index, Runnable value) {
    consumer.startField(name, index);
    value.run();
    consumer.endField(name, index);
  }

  private void group(Runnable content) {
    consumer.startGroup();
    content.run();
    consumer.endGroup();
  }

  private void addText(String value) {
    consumer.addBinary(Binary.fromConstantByteArray(value.getBytes(StandardCharsets.UTF_8)));
  }
}
