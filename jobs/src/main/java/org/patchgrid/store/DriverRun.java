package org.patchgrid.store;

import java.io.Serializable;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * One run of a driver on a study: the name of its staging directory and of its manifest files. Ids
 * made by {@link #begin} sort by time and never repeat.
 */
public record DriverRun(String id) implements Serializable {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,99}");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  public DriverRun {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("Invalid driver run id: '" + id + "'");
    }
  }

  public static DriverRun begin(Clock clock) {
    String random = UUID.randomUUID().toString().substring(0, 8);
    return new DriverRun(TIME.format(clock.instant()) + "-" + random);
  }

  /** The run's own directory, relative to the study's. */
  String stagingDirectory() {
    return ResultDirectory.STAGING + "/" + id;
  }
}
