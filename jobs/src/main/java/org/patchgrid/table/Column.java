package org.patchgrid.table;

import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BOOLEAN;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.DOUBLE;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * A column of a table.
 *
 * @param value what a row has in it, empty for null: a text, a whole or another number, a truth
 *     value, a list of texts or whole numbers, or texts by name in the map's own order
 */
record Column<T>(Type type, Function<T, Optional<?>> value) {
  static <T> MessageType schema(String table, List<Column<T>> columns) {
    return new MessageType(table, columns.stream().map(Column::type).toList());
  }

  static <T> Column<T> text(String name, Function<T, String> value) {
    return new Column<>(
        Types.required(BINARY).as(stringType()).named(name), row -> Optional.of(value.apply(row)));
  }

  static <T> Column<T> optionalText(String name, Function<T, Optional<String>> value) {
    return new Column<>(Types.optional(BINARY).as(stringType()).named(name), value::apply);
  }

  static <T> Column<T> integer(String name, ToIntFunction<T> value) {
    return new Column<>(
        Types.required(INT32).named(name), row -> Optional.of(value.applyAsInt(row)));
  }

  static <T> Column<T> optionalInteger(String name, Function<T, OptionalInt> value) {
    return new Column<>(
        Types.optional(INT32).named(name), row -> value.apply(row).stream().boxed().findFirst());
  }

  /** A number that is null where it is NaN. */
  static <T> Column<T> number(String name, ToDoubleFunction<T> value) {
    return new Column<>(
        Types.optional(DOUBLE).named(name),
        row -> Optional.of(value.applyAsDouble(row)).filter(number -> !number.isNaN()));
  }

  static <T> Column<T> optionalNumber(String name, Function<T, OptionalDouble> value) {
    return new Column<>(
        Types.optional(DOUBLE).named(name), row -> requireNumber(name, value.apply(row)));
  }

  private static Optional<Double> requireNumber(String name, OptionalDouble value) {
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (Double.isNaN(value.getAsDouble())) {
      throw new IllegalStateException("Column " + name + " must be null, not NaN");
    }
    return Optional.of(value.getAsDouble());
  }

  static <T> Column<T> optionalFlag(String name, Function<T, Optional<Boolean>> value) {
    return new Column<>(Types.optional(BOOLEAN).named(name), value::apply);
  }

  static <T> Column<T> integers(String name, Function<T, List<Integer>> values) {
    return new Column<>(
        Types.requiredList().requiredElement(INT32).named(name),
        row -> Optional.of(values.apply(row)));
  }

  static <T> Column<T> texts(String name, Function<T, List<String>> values) {
    return new Column<>(
        Types.requiredList().requiredElement(BINARY).as(stringType()).named(name),
        row -> Optional.of(values.apply(row)));
  }

  static <T> Column<T> textMap(String name, Function<T, Map<String, String>> values) {
    return new Column<>(
        Types.requiredMap()
            .key(BINARY)
            .as(stringType())
            .requiredValue(BINARY)
            .as(stringType())
            .named(name),
        row -> Optional.of(values.apply(row)));
  }

  static <T> void write(RecordConsumer consumer, List<Column<T>> columns, T row) {
    consumer.startMessage();
    for (int i = 0; i < columns.size(); i++) {
      Optional<?> value = columns.get(i).value().apply(row);
      if (value.isPresent()) {
        field(consumer, columns.get(i).type().getName(), i, value.get());
      }
    }
    consumer.endMessage();
  }

  private static void field(RecordConsumer consumer, String name, int index, Object value) {
    consumer.startField(name, index);
    if (value instanceof String text) {
      consumer.addBinary(Binary.fromConstantByteArray(text.getBytes(StandardCharsets.UTF_8)));
    } else if (value instanceof Integer number) {
      consumer.addInteger(number);
    } else if (value instanceof Double number) {
      consumer.addDouble(number);
    } else if (value instanceof Boolean flag) {
      consumer.addBoolean(flag);
    } else if (value instanceof List<?> list) {
      group(consumer, "list", list, element -> field(consumer, "element", 0, element));
    } else if (value instanceof Map<?, ?> map) {
      group(
          consumer,
          "key_value",
          map.entrySet(),
          entry -> {
            field(consumer, "key", 0, entry.getKey());
            field(consumer, "value", 1, entry.getValue());
          });
    } else {
      throw new IllegalStateException("Column " + name + " cannot hold " + value);
    }
    consumer.endField(name, index);
  }

  private static <E> void group(
      RecordConsumer consumer, String name, Collection<E> elements, Consumer<E> content) {
    consumer.startGroup();
    if (!elements.isEmpty()) { // Parquet allows no field without a value
      consumer.startField(name, 0);
      for (E element : elements) {
        consumer.startGroup();
        content.accept(element);
        consumer.endGroup();
      }
      consumer.endField(name, 0);
    }
    consumer.endGroup();
  }
}
