package org.patchgrid.table;

import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BOOLEAN;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.DOUBLE;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;

import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/** The kinds of columns that our tables have; an optional one may be null. */
final class Columns {
  private Columns() {}

  static Type text(String name) {
    return Types.required(BINARY).as(stringType()).named(name);
  }

  static Type optionalText(String name) {
    return Types.optional(BINARY).as(stringType()).named(name);
  }

  static Type integer(String name) {
    return Types.required(INT32).named(name);
  }

  static Type optionalInteger(String name) {
    return Types.optional(INT32).named(name);
  }

  static Type optionalNumber(String name) {
    return Types.optional(DOUBLE).named(name);
  }

  static Type optionalFlag(String name) {
    return Types.optional(BOOLEAN).named(name);
  }

  static Type integers(String name) {
    return Types.requiredList().requiredElement(INT32).named(name);
  }

  static Type texts(String name) {
    return Types.requiredList().requiredElement(BINARY).as(stringType()).named(name);
  }

  static Type textMap(String name) {
    return Types.requiredMap()
        .key(BINARY)
        .as(stringType())
        .requiredValue(BINARY)
        .as(stringType())
        .named(name);
  }
}
