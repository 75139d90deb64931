package org.patchgrid.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.patchgrid.study.Measurement;

/**
 * The executors' side of a compaction: writes the files of a compacted study, of any size, into the
 * staging directory and nowhere else. Rows are handed on as they come; what is in memory is a row
 * group.
 */
public final class PartWriter {
  private final ResultDirectory directory;
  private final DriverRun run;
  private final String fingerprint;
  private final String studyId;

  /**
   * @param directory the compacted study's
   */
  public PartWriter(
      Path directory,
      Configuration configuration,
      DriverRun run,
      String fingerprint,
      String studyId)
      throws IOException {
    this.directory = ResultDirectory.at(directory, configuration);
    this.run = run;
    this.fingerprint = fingerprint;
    this.studyId = studyId;
  }

  /**
   * Writes rows of {@code cells}.
   *
   * @param attempt a number that no other attempt has
   * @param rows in {@link Measurement#ROW_ORDER}
   * @return the file where it is staged
   * @throws IllegalStateException if they are not in order, or two have one key
   */
  public ResultFile cells(int part, long attempt, Iterator<Measurement> rows) throws IOException {
    ParquetFiles.HashingOutput out = begin(ResultTable.CELLS, part, attempt);
    FooterTag tag = FooterTag.ofPart(fingerprint, part);
    long written = CellTable.writeMany(out, directory.configuration(), tag, studyId, () -> rows);
    return staged(ResultTable.CELLS, part, attempt, written, out);
  }

  /**
   * Writes rows of {@code pairs}.
   *
   * @param attempt a number that no other attempt has
   * @param files each the bytes of a file of {@code pairs}; their rows follow one another
   * @return the file where it is staged
   */
  public ResultFile pairs(int part, long attempt, Iterator<byte[]> files) throws IOException {
    ParquetFiles.HashingOutput out = begin(ResultTable.PAIRS, part, attempt);
    Configuration configuration = directory.configuration();
    RowsOfFiles rows = new RowsOfFiles(files, configuration);
    PairTable.copy(out, configuration, FooterTag.ofPart(fingerprint, part), () -> rows);
    return staged(ResultTable.PAIRS, part, attempt, rows.count, out);
  }

  private String path(ResultTable table, int part, long attempt) {
    return run.stagingDirectory() + "/attempts/" + attempt + "-" + part + "-" + table.label();
  }

  private ParquetFiles.HashingOutput begin(ResultTable table, int part, long attempt) {
    return directory.output(path(table, part, attempt));
  }

  private ResultFile staged(
      ResultTable table, int part, long attempt, long rows, ParquetFiles.HashingOutput out) {
    return new ResultFile(table, path(table, part, attempt), rows, out.bytes(), out.sha256());
  }

  /** The rows of one file after those of another. */
  private static final class RowsOfFiles implements Iterator<Group> {
    private final Iterator<byte[]> files;
    private final Configuration configuration;
    private Iterator<Group> file = Collections.emptyIterator();
    private long count;

    private RowsOfFiles(Iterator<byte[]> files, Configuration configuration) {
      this.files = files;
      this.configuration = configuration;
    }

    @Override
    public boolean hasNext() {
      while (!file.hasNext() && files.hasNext()) {
        file = rows(files.next());
      }
      return file.hasNext();
    }

    @Override
    public Group next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      count++;
      return file.next();
    }

    /** Of a file in memory: there is nothing to close. */
    private Iterator<Group> rows(byte[] bytes) {
      try {
        ParquetFiles.Rows rows =
            ParquetFiles.open(new ParquetFiles.Content(bytes, "pairs"), configuration);
        return new Iterator<>() {
          private Optional<Group> ahead = rows.next();

          @Override
          public boolean hasNext() {
            return ahead.isPresent();
          }

          @Override
          public Group next() {
            Group row = ahead.orElseThrow();
            try {
              ahead = rows.next();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            return row;
          }
        };
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
