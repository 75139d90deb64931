package org.patchgrid.store;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a result file says about itself in its footer, and all that it says: a time, a host or an
 * attempt would make equal results differ.
 */
record FooterTag(String fingerprint, int task) {
  static final int SCHEMA_VERSION = 1;
  private static final String SCHEMA_KEY = "patchgrid.schema-version";
  private static final String FINGERPRINT_KEY = "patchgrid.fingerprint";
  private static final String TASK_KEY = "patchgrid.task";

  Map<String, String> toMetadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(SCHEMA_KEY, Integer.toString(SCHEMA_VERSION));
    metadata.put(FINGERPRINT_KEY, fingerprint);
    metadata.put(TASK_KEY, Integer.toString(task));
    return metadata;
  }

  /** Whether a file with this metadata is this task's, in the schema that we write. */
  boolean matches(Map<String, String> metadata) {
    return toMetadata().entrySet().stream()
        .allMatch(
            entry ->
                Optional.ofNullable(metadata.get(entry.getKey()))
                    .filter(entry.getValue()::equals)
                    .isPresent());
  }
}
