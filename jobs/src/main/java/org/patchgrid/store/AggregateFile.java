package org.patchgrid.store;

import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Reason;
import org.patchgrid.table.AggregateRow;
import org.patchgrid.table.AggregateSource;
import org.patchgrid.table.AggregateTable;

/**
 * The one file of {@code aggregates}: staged by whoever has the rows, then renamed over the file
 * that was there. A reader sees the old one or the new one. It is staged beside the table and not
 * with the tasks, whose staging directory a study removes when it is complete.
 */
public final class AggregateFile {
  /** Relative to the study's directory. */
  public static final String NAME = ResultDirectory.AGGREGATES + "/effects.parquet";

  private static final String STAGING = ResultDirectory.AGGREGATES + "/_staging";

  private AggregateFile() {}

  /** A whole, closed file that no reader sees yet. */
  public record Staged(String path, long rows, long bytes, String sha256) {
    /** For the way from an executor to the driver. */
    public String toText() {
      return String.join("\t", path, Long.toString(rows), Long.toString(bytes), sha256);
    }

    public static Staged ofText(String text) {
      String[] fields = text.split("\t", 4);
      return new Staged(fields[0], Long.parseLong(fields[1]), Long.parseLong(fields[2]), fields[3]);
    }
  }

  /** How the aggregates in a study's directory were made; empty if there are none. */
  public static Optional<AggregateSource> source(Path study, Configuration configuration)
      throws IOException {
    ResultDirectory directory = ResultDirectory.at(study, configuration);
    return directory.exists(NAME)
        ? Optional.of(AggregateSource.read(directory.input(NAME), configuration))
        : Optional.empty();
  }

  /**
   * Writes the rows, in their order.
   *
   * @param run of this call of {@code aggregate}
   * @param attempt of the process that writes
   */
  public static Staged stage(
      Path study,
      Configuration configuration,
      DriverRun run,
      long attempt,
      AggregateSource source,
      String studyId,
      Iterator<AggregateRow> rows)
      throws IOException {
    ResultDirectory directory = ResultDirectory.at(study, configuration);
    String path = STAGING + "/" + run.id() + "-" + attempt + ".parquet";
    HashingOutput out = directory.output(path);
    try {
      long written = AggregateTable.write(out, configuration, source, studyId, rows);
      return new Staged(path, written, out.bytes(), out.sha256());
    } catch (IOException e) {
      throw new IOException("Cannot write " + directory.resolve(path) + ": " + Reason.of(e), e);
    }
  }

  /**
   * Makes a staged file the table, and clears what is staged beside it: of attempts that were given
   * up and of calls of {@code aggregate} that were killed.
   *
   * @throws PatchgridException if another call was faster, and cleared it
   * @throws DamagedFileException if it is not what was reported
   */
  public static void publish(Path study, Configuration configuration, Staged staged)
      throws IOException {
    ResultDirectory directory = ResultDirectory.at(study, configuration);
    if (!directory.exists(staged.path())) {
      throw new PatchgridException(
          "Another `aggregate` of '%s' ended meanwhile: its table is there; start again if the study has grown"
              .formatted(directory));
    }
    directory.requireBytes(staged.path(), staged.bytes(), staged.sha256());
    directory.moveOver(staged.path(), NAME);
    directory.clear(STAGING);
  }
}
