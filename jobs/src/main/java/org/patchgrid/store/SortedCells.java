package org.patchgrid.store;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import org.patchgrid.study.Measurement;
import org.patchgrid.table.CellRow;
import org.patchgrid.table.CellScan;

/**
 * All rows of many cells files in {@link Measurement#ROW_ORDER}, by merging the files, each of
 * which is sorted. A file is open, with one row group in memory, from its first row's turn to its
 * last row's; before that only its first row is held. So memory and open files grow with the number
 * of files whose ranges overlap (the tasks that share their sites), not with the study.
 */
final class SortedCells implements Closeable {
  /** A row and the file it comes from. */
  record FileRow(String file, CellRow row) {}

  private final ResultDirectory directory;
  private final PriorityQueue<Source> sources =
      new PriorityQueue<>(
          Comparator.comparing((Source source) -> source.head.measurement(), Measurement.ROW_ORDER)
              .thenComparing(source -> source.file));

  SortedCells(ResultDirectory directory, List<String> files) throws IOException {
    this.directory = directory;
    for (String file : files) {
      try (CellScan scan = open(file)) {
        if (scan.next()) {
          sources.add(new Source(file, scan.row()));
        }
      }
    }
  }

  private CellScan open(String file) throws IOException {
    return CellScan.open(directory.input(file), directory.configuration());
  }

  Optional<FileRow> next() throws IOException {
    Source source = sources.poll();
    if (source == null) {
      return Optional.empty();
    }
    FileRow row = new FileRow(source.file, source.head);
    if (source.advance()) {
      sources.add(source);
    }
    return Optional.of(row);
  }

  @Override
  public void close() throws IOException {
    List<Source> open = new ArrayList<>(sources);
    sources.clear();
    for (Source source : open) {
      source.close();
    }
  }

  private final class Source implements Closeable {
    private final String file;
    private CellRow head;
    private Optional<CellScan> reader = Optional.empty();

    private Source(String file, CellRow head) {
      this.file = file;
      this.head = head;
    }

    /** Takes the next row as head; false, and the file is closed, when there is none. */
    private boolean advance() throws IOException {
      if (reader.isEmpty()) {
        reader = Optional.of(open(file));
        reader.get().next();
      }
      if (!reader.get().next()) {
        close();
        return false;
      }
      head = reader.get().row();
      return true;
    }

    @Override
    public void close() throws IOException {
      if (reader.isPresent()) {
        reader.get().close();
      }
    }
  }
}
