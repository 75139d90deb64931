package org.patchgrid.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Collects the entries of one driver run and writes them as immutable files. An entry that was not
 * flushed is lost with its driver: committed files are then adopted, events are gone. Not safe for
 * several threads.
 */
final class ManifestLog {
  private static final int FLUSH_ENTRIES = 1_000;
  private static final Duration FLUSH_AFTER = Duration.ofSeconds(5);

  private final ResultDirectory directory;
  private final DriverRun run;
  private final Clock clock;
  private final List<ManifestEntry> pending = new ArrayList<>();
  private Instant oldestPending = Instant.MIN;
  private int nextFile;

  ManifestLog(ResultDirectory directory, DriverRun run, Clock clock) {
    this.directory = directory;
    this.run = run;
    this.clock = clock;
  }

  void add(ManifestEntry entry) {
    if (pending.isEmpty()) {
      oldestPending = clock.instant();
    }
    pending.add(entry);
  }

  /** Writes what is pending if there is much of it or it has waited long. */
  void flushIfDue() throws IOException {
    if (pending.size() >= FLUSH_ENTRIES
        || !clock.instant().isBefore(oldestPending.plus(FLUSH_AFTER))) {
      flush();
    }
  }

  void flush() throws IOException {
    if (pending.isEmpty()) {
      return;
    }
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (ManifestEntry entry : pending) {
      lines.write(StoreJson.line(entry));
      lines.write('\n');
    }
    // A number is used once: where writing failed, the file may be there all the same.
    String name =
        String.format(
            Locale.ROOT, "%s/%s-%08d.jsonl", ResultDirectory.MANIFEST, run.id(), nextFile++);
    directory.writeNew(name, lines.toByteArray(), run);
    pending.clear();
  }
}
