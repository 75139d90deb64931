package org.patchgrid.table;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one Parquet file, from the first to the last; one row group is in memory at a time.
 *
 * <p>Parquet's own {@code ParquetReader} makes a new Hadoop configuration for each file, and so
 * parses its XML: milliseconds, which is longer than reading a task's file takes.
 */
final class ParquetRows<T> implements Closeable {
  private final ParquetFileReader reader;
  private final MessageColumnIO columns;
  private final RecordMaterializer<T> materializer;
  private @Nullable RecordReader<T> rowGroup;
  private long rowsLeft;

  private ParquetRows(
      ParquetFileReader reader, MessageColumnIO columns, RecordMaterializer<T> materializer) {
    this.reader = reader;
    this.columns = columns;
    this.materializer = materializer;
  }

  /**
   * @param columns to read, of those that the file has
   * @param materializer makes rows of these columns
   */
  static <T> ParquetRows<T> open(
      InputFile file,
      Configuration configuration,
      MessageType columns,
      RecordMaterializer<T> materializer)
      throws IOException {
    ParquetFileReader reader =
        ParquetFileReader.open(file, HadoopReadOptions.builder(configuration).build());
    try {
      FileMetaData metadata = reader.getFooter().getFileMetaData();
      reader.setRequestedSchema(columns);
      return new ParquetRows<>(
          reader,
          new ColumnIOFactory(metadata.getCreatedBy()).getColumnIO(columns, metadata.getSchema()),
          materializer);
    } catch (RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  /** The next row, which may be the same object as the last; empty after the last. */
  Optional<T> next() throws IOException {
    while (rowGroup == null || rowsLeft == 0) {
      PageReadStore pages = reader.readNextRowGroup();
      if (pages == null) {
        return Optional.empty();
      }
      rowGroup = columns.getRecordReader(pages, materializer);
      rowsLeft = pages.getRowCount();
    }
    rowsLeft--;
    return Optional.of(rowGroup.read());
  }

  interface Sink<T> {
    void accept(T row) throws IOException;
  }

  void forEach(Sink<T> sink) throws IOException {
    for (Optional<T> row = next(); row.isPresent(); row = next()) {
      sink.accept(row.get());
    }
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
