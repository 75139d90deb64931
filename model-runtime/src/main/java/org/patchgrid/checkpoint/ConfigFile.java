package org.patchgrid.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.patchgrid.study.Limit;
import org.patchgrid.study.PatchgridException;

/**
 * A JSON object of a model's directory (config.json and the like), or an object inside it, read key
 * by key. A key whose value is {@code null} counts as absent, as in Hugging Face. Every getter
 * throws a {@link PatchgridException} that names file and key when the value has another type.
 */
public final class ConfigFile {
  private static final JsonMapper JSON =
      BoundedJson.mapper()
          // Python writes Infinity and NaN; keys that we never read may have them.
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  private final Path path;
  private final String prefix;
  private final JsonNode object;

  private ConfigFile(Path path, String prefix, JsonNode object) {
    this.path = path;
    this.prefix = prefix;
    this.object = object;
  }

  /**
   * Reads a file.
   *
   * @throws PatchgridException for a file that is missing or is not one JSON object
   */
  public static ConfigFile read(Path path) {
    FileErrors.requireFile(path);
    JsonNode object;
    try {
      if (Files.size(path) > Limit.JSON_FILE_BYTES.value()) {
        throw new PatchgridException(
            "Cannot use %s: it has %d bytes, and %s"
                .formatted(path, Files.size(path), Limit.JSON_FILE_BYTES.remedy()));
      }
      object = JSON.readTree(Files.readAllBytes(path));
    } catch (JsonProcessingException e) {
      throw new PatchgridException(
          "Cannot use %s: it is not valid JSON (%s%s); download the file again"
              .formatted(path, line(e), FileErrors.reason(e)),
          e);
    } catch (IOException e) {
      throw FileErrors.cannotRead(path, e);
    }
    if (!object.isObject()) {
      throw new PatchgridException(
          "Cannot use %s: it is not a JSON object; download the file again".formatted(path));
    }
    return new ConfigFile(path, "", object);
  }

  /** Where there is one: what is over a limit is at no line. */
  private static String line(JsonProcessingException e) {
    return e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
  }

  /** Whether the key is there, be it {@code null}. */
  public boolean mentions(String key) {
    return object.has(key);
  }

  public boolean has(String key) {
    return object.hasNonNull(key);
  }

  /** The keys that have a value, in the order of the file. */
  List<String> keys() {
    return object.properties().stream().map(Map.Entry::getKey).filter(this::has).toList();
  }

  public Optional<String> string(String key) {
    return value(key, JsonNode::isTextual, "a string").map(JsonNode::textValue);
  }

  /** The strings of a list; none if the key is absent. */
  public List<String> strings(String key) {
    Optional<JsonNode> list = value(key, JsonNode::isArray, "a list of strings");
    List<String> strings = new ArrayList<>();
    list.ifPresent(
        entries ->
            entries.forEach(
                entry -> {
                  if (!entry.isTextual()) {
                    throw invalid(key, "it must be a list of strings");
                  }
                  strings.add(entry.textValue());
                }));
    return strings;
  }

  /** A whole number of at least one. */
  public OptionalInt count(String key) {
    return wholeNumber(key, 1, "a positive whole number");
  }

  public int requiredCount(String key) {
    return count(key).orElseThrow(() -> missing(key));
  }

  /** A whole number of at least zero. */
  public OptionalInt wholeNumber(String key) {
    return wholeNumber(key, 0, "a whole number of at least 0");
  }

  private OptionalInt wholeNumber(String key, int least, String wanted) {
    return value(
            key, v -> v.canConvertToInt() && v.isIntegralNumber() && v.intValue() >= least, wanted)
        .map(v -> OptionalInt.of(v.intValue()))
        .orElse(OptionalInt.empty());
  }

  public OptionalDouble number(String key) {
    return value(key, v -> v.isNumber() && Double.isFinite(v.doubleValue()), "a number")
        .map(v -> OptionalDouble.of(v.doubleValue()))
        .orElse(OptionalDouble.empty());
  }

  public OptionalDouble positive(String key) {
    OptionalDouble number = number(key);
    if (number.isPresent() && number.getAsDouble() <= 0) {
      throw invalid(key, "it must be greater than 0");
    }
    return number;
  }

  public Optional<Boolean> flag(String key) {
    return value(key, JsonNode::isBoolean, "true or false").map(JsonNode::booleanValue);
  }

  /** The object under {@code key}; its errors name the keys as {@code key.inner}. */
  public Optional<ConfigFile> section(String key) {
    return value(key, JsonNode::isObject, "an object")
        .map(inner -> new ConfigFile(path, prefix + key + ".", inner));
  }

  public boolean isSection(String key) {
    return object.path(key).isObject();
  }

  boolean isFlag(String key) {
    return object.path(key).isBoolean();
  }

  /** The error that says why the value of {@code key} cannot be used, and how to mend it. */
  public PatchgridException invalid(String key, String why) {
    return new PatchgridException(
        "%s: %s%s is %s: %s".formatted(path, prefix, key, object.path(key), why));
  }

  /** The error that says that {@code key} has to be there. */
  public PatchgridException missing(String key) {
    return new PatchgridException(
        "%s has no %s%s: download the file again".formatted(path, prefix, key));
  }

  private Optional<JsonNode> value(String key, Predicate<JsonNode> fits, String wanted) {
    JsonNode value = object.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!fits.test(value)) {
      throw invalid(key, "it must be " + wanted);
    }
    return Optional.of(value);
  }
}
