package org.patchgrid.store;

import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.patchgrid.table.CellScan;
import org.patchgrid.table.PairTable;

/** Reads files of a study's tables, each named relative to the study's directory. */
public final class StudyTables {
  private final ResultDirectory directory;

  public StudyTables(Path study, Configuration configuration) throws IOException {
    this.directory = ResultDirectory.at(study, configuration);
  }

  /** To be closed by the caller. */
  public CellScan cells(String file) throws IOException {
    return CellScan.open(directory.input(file), directory.configuration());
  }

  /** The pairs of a file that were measured, with their tags. */
  public Map<String, Map<String, String>> measuredPairs(String file) throws IOException {
    return PairTable.measuredPairs(directory.input(file), directory.configuration());
  }

  /** The directory as a user would write it. */
  @Override
  public String toString() {
    return directory.toString();
  }
}
