package org.patchgrid.store;

import java.io.IOException;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.patchgrid.study.Measurement;
import org.patchgrid.table.CellTable;
import org.patchgrid.table.FooterTag;
import org.patchgrid.table.PairTable;

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
    FooterTag tag = FooterTag.ofPart(fingerprint, part);
    return directory.write(
        ResultTable.CELLS,
        path(ResultTable.CELLS, part, attempt),
        out -> CellTable.write(out, directory.configuration(), tag, studyId, () -> rows));
  }

  /**
   * Writes rows of {@code pairs}.
   *
   * @param attempt a number that no other attempt has
   * @param files each the bytes of a file of {@code pairs}; their rows follow one another
   * @return the file where it is staged
   */
  public ResultFile pairs(int part, long attempt, Iterator<byte[]> files) throws IOException {
    FooterTag tag = FooterTag.ofPart(fingerprint, part);
    return directory.write(
        ResultTable.PAIRS,
        path(ResultTable.PAIRS, part, attempt),
        out -> PairTable.copy(out, directory.configuration(), tag, files));
  }

  private String path(ResultTable table, int part, long attempt) {
    return run.stagingDirectory() + "/attempts/" + attempt + "-" + part + "-" + table.label();
  }
}
