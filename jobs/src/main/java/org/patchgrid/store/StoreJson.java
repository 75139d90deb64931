package org.patchgrid.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.patchgrid.checkpoint.BoundedJson;
import org.patchgrid.study.PatchgridException;

/** How the store's own records are written: names as in the record, in its order. */
final class StoreJson {
  private static final JsonMapper MAPPER =
      BoundedJson.mapper()
          // A newer minor version may say more; what this version needs must be there.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private StoreJson() {}

  /** Without a line break, inside or at the end. */
  static byte[] line(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write as JSON: " + value, e);
    }
  }

  /** For people. */
  static byte[] document(Object value) {
    try {
      return MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write as JSON: " + value, e);
    }
  }

  static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  static <T> T read(byte[] json, Class<T> type) throws IOException {
    @Nullable T value = MAPPER.readValue(json, type);
    if (value == null) {
      throw new IOException("It is null and no " + type.getSimpleName());
    }
    return value;
  }

  /**
   * Reads a record of a study's manifest, or tells the user why that cannot be.
   *
   * @param name of the file in {@code directory}
   * @param remedy what to do where it is damaged
   * @throws PatchgridException if it is damaged, or whole and of another shape than this version's
   */
  static <T> T read(byte[] json, Class<T> type, String name, String directory, String remedy) {
    try {
      return read(json, type);
    } catch (IOException e) {
      String why =
          isWellFormed(json)
              ? "another version of Patchgrid wrote it; use that version, or choose another --out"
              : "it is damaged; " + remedy;
      throw new PatchgridException(
          "Cannot read '%s' in '%s': %s".formatted(name, directory, why), e);
    }
  }

  private static boolean isWellFormed(byte[] json) {
    try {
      return MAPPER.readTree(json).isObject();
    } catch (IOException e) {
      return false;
    }
  }
}
