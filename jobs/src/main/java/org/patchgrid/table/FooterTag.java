package org.patchgrid.table;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a result file says about itself in its footer, and all that it says: a time, a host or an
 * attempt would make equal results differ.
 *
 * @param numbered by what name the file tells its number
 */
public record FooterTag(String fingerprint, String numbered, int number) {
  private static final int SCHEMA_VERSION = 1;
  private static final String SCHEMA_KEY = "patchgrid.schema-version";
  private static final String FINGERPRINT_KEY = "patchgrid.fingerprint";
  private static final String TASK_KEY = "patchgrid.task";
  private static final String PART_KEY = "patchgrid.part";

  public static FooterTag ofTask(String fingerprint, int task) {
    return new FooterTag(fingerprint, TASK_KEY, task);
  }

  /** Of a file of a compacted study. */
  public static FooterTag ofPart(String fingerprint, int part) {
    return new FooterTag(fingerprint, PART_KEY, part);
  }

  Map<String, String> toMetadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(SCHEMA_KEY, Integer.toString(SCHEMA_VERSION));
    metadata.put(FINGERPRINT_KEY, fingerprint);
    metadata.put(numbered, Integer.toString(number));
    return metadata;
  }

  /** A part is large and sorted. */
  ParquetFiles.Encoding encoding() {
    return numbered.equals(PART_KEY) ? ParquetFiles.Encoding.SORTED : ParquetFiles.Encoding.DEFAULT;
  }

  /** Whether a file with this metadata is this one, in the schema that we write. */
  public boolean matches(Map<String, String> metadata) {
    return toMetadata().entrySet().stream()
        .allMatch(
            entry ->
                Optional.ofNullable(metadata.get(entry.getKey()))
                    .filter(entry.getValue()::equals)
                    .isPresent());
  }
}
