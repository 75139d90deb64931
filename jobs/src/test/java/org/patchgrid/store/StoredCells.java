package org.patchgrid.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.patchgrid.table.CellRow;
import org.patchgrid.table.CellScan;

/** The rows of files of {@code cells}, which tests hold in memory. */
public final class StoredCells {
  private StoredCells() {}

  /** All rows of a file, in its order. */
  public static List<CellRow> read(Path file, Configuration configuration) throws IOException {
    ResultDirectory directory = ResultDirectory.at(file.getParent(), configuration);
    List<CellRow> rows = new ArrayList<>();
    try (CellScan scan = CellScan.open(directory.input(file.getName()), configuration)) {
      while (scan.next()) {
        rows.add(scan.row());
      }
    }
    return rows;
  }
}
