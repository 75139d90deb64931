package org.patchgrid.table;

import java.io.IOException;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.io.InputFile;

/**
 * What the file of {@code aggregates} says in its footer: which cells it was made from and how.
 * Nothing else, so that the same cells make the same bytes.
 *
 * @param cells the hash of the manifest's list of the files that were read
 * @param tasks how many tasks these are
 * @param seed of the resamples and of the sign flips
 * @param resamples of the bootstrap
 * @param signFlips of the permutation test
 * @param leftOutTags names of tags that make no groups, since they have too many values
 */
public record AggregateSource(
    String fingerprint,
    String cells,
    int tasks,
    long seed,
    int resamples,
    int signFlips,
    String leftOutTags)
    implements Serializable {
  private static final String SCHEMA_VERSION = "1";
  private static final String PREFIX = "patchgrid.";

  Map<String, String> toMetadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(PREFIX + "schema-version", SCHEMA_VERSION);
    metadata.put(PREFIX + "fingerprint", fingerprint);
    metadata.put(PREFIX + "cells", cells);
    metadata.put(PREFIX + "tasks", Integer.toString(tasks));
    metadata.put(PREFIX + "seed", Long.toString(seed));
    metadata.put(PREFIX + "resamples", Integer.toString(resamples));
    metadata.put(PREFIX + "sign-flips", Integer.toString(signFlips));
    metadata.put(PREFIX + "left-out-tags", leftOutTags);
    return metadata;
  }

  private static AggregateSource of(Map<String, String> metadata) {
    return new AggregateSource(
        value(metadata, "fingerprint"),
        value(metadata, "cells"),
        Integer.parseInt(value(metadata, "tasks")),
        Long.parseLong(value(metadata, "seed")),
        Integer.parseInt(value(metadata, "resamples")),
        Integer.parseInt(value(metadata, "sign-flips")),
        value(metadata, "left-out-tags"));
  }

  private static String value(Map<String, String> metadata, String name) {
    String value = metadata.get(PREFIX + name);
    if (value == null) {
      throw new IllegalStateException("The footer of aggregates has no " + PREFIX + name);
    }
    return value;
  }

  /** Of a file of {@code aggregates}. */
  public static AggregateSource read(InputFile file, Configuration configuration)
      throws IOException {
    return of(ParquetFiles.footer(file, configuration).getFileMetaData().getKeyValueMetaData());
  }
}
