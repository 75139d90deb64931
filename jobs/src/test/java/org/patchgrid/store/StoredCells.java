package org.patchgrid.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.patchgrid.table.CellRow;
import org.patchgrid.table.CellTable;

/** The rows of files of {@code cells}, which tests hold in memory. */
public final class StoredCells {
  private StoredCells() {}

  /** All rows of a file, in its order. */
  public static List<CellRow> read(Path file, Configuration configuration) throws IOException {
    ResultDirectory directory = ResultDirectory.at(file.getParent(), configuration);
    List<CellRow> rows = new ArrayList<>();
    try (CellTable.Reader reader = CellTable.open(directory.input(file.getName()), configuration)) {
      for (Optional<CellRow> row = reader.next(); row.isPresent(); row = reader.next()) {
        rows.add(row.get());
      }
    }
    return rows;
  }
}
