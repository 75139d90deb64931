package org.patchgrid.input;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/** Records of a Parquet file; a record's line is its row, counted from 1. */
final class ParquetRecords implements PromptRecords {
  private final String path;
  private final ParquetFileReader reader;
  private final MessageType schema;
  private @Nullable RecordReader<Group> rows;
  private long rowsLeft;
  private long row;

  private ParquetRecords(String path, ParquetFileReader reader) {
    this.path = path;
    this.reader = reader;
    this.schema = reader.getFileMetaData().getSchema();
  }

  /**
   * @param firstRow counted from 0
   */
  static ParquetRecords open(String path, Path file, Configuration configuration, long firstRow)
      throws IOException {
    ParquetFileReader reader;
    try {
      reader = ParquetFileReader.open(HadoopInputFile.fromPath(file, configuration));
    } catch (RuntimeException e) {
      // Parquet says so of a file of another kind or of a truncated one.
      throw new IOException("not a Parquet file: " + e.getMessage(), e);
    }
    ParquetRecords records = new ParquetRecords(path, reader);
    try {
      records.skipTo(firstRow);
    } catch (IOException | RuntimeException e) {
      reader.close();
      throw e;
    }
    return records;
  }

  List<String> columns() {
    return schema.getFields().stream().map(Type::getName).toList();
  }

  private void skipTo(long firstRow) throws IOException {
    for (var group : reader.getRowGroups()) {
      if (row + group.getRowCount() > firstRow) {
        break;
      }
      row += group.getRowCount();
      reader.skipNextRowGroup();
    }
    while (row < firstRow && nextRow().isPresent()) {
      row++;
    }
  }

  @Override
  public Optional<PromptRecord> next() throws IOException {
    Optional<Group> group = nextRow();
    if (group.isEmpty()) {
      return Optional.empty();
    }
    PromptLocation where = PromptLocation.line(path, row + 1);
    PromptIndex.Checkpoint start = new PromptIndex.Checkpoint(row, row + 1);
    row++;
    return Optional.of(new PromptRecord(start, where, ParquetValues.object(group.get(), where)));
  }

  private Optional<Group> nextRow() throws IOException {
    while (rowsLeft == 0) {
      PageReadStore pages = reader.readNextRowGroup();
      if (pages == null) {
        return Optional.empty();
      }
      rows =
          new ColumnIOFactory()
              .getColumnIO(schema)
              .getRecordReader(pages, new GroupRecordConverter(schema));
      rowsLeft = pages.getRowCount();
    }
    rowsLeft--;
    RecordReader<Group> current = rows;
    if (current == null) {
      throw new IllegalStateException("Rows without a row group: " + path);
    }
    return Optional.of(current.read());
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
