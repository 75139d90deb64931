package org.patchgrid.input;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;
import org.patchgrid.study.Limit;
import org.patchgrid.study.Reason;

/**
 * Records of a Parquet file; a record's line is its row, counted from 1.
 *
 * <p>Parquet's own reader believes what a file says of itself and throws whatever comes of it, so
 * that sizes are looked at first, and every one of its exceptions means a damaged file.
 */
final class ParquetRecords implements PromptRecords {
  /** Their classes are in no library that comes with Spark. */
  private static final Set<CompressionCodecName> NOT_READ =
      EnumSet.of(CompressionCodecName.BROTLI, CompressionCodecName.LZO);

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
    HadoopInputFile input = HadoopInputFile.fromPath(file, configuration);
    ParquetReadOptions options =
        HadoopReadOptions.builder(configuration)
            .withCodecFactory(new BoundedCodecs(configuration))
            .build();
    ParquetRecords records =
        parquet(
            "not a Parquet file",
            () -> new ParquetRecords(path, ParquetFileReader.open(input, options)));
    try {
      records.checkRowGroups();
      records.skipTo(firstRow);
    } catch (IOException | RuntimeException e) {
      records.close();
      throw e;
    }
    return records;
  }

  List<String> columns() {
    return schema.getFields().stream().map(Type::getName).toList();
  }

  private void checkRowGroups() throws IOException {
    for (BlockMetaData group : reader.getRowGroups()) {
      if (group.getRowCount() < 0 || group.getTotalByteSize() < 0) {
        throw new IOException("damaged: a row group of negative size");
      }
      for (ColumnChunkMetaData column : group.getColumns()) {
        if (NOT_READ.contains(column.getCodec())) {
          throw new IOException(
              "it is compressed with %s, which is not read: write it with zstd, snappy, gzip or uncompressed"
                  .formatted(column.getCodec().name().toLowerCase(Locale.ROOT)));
        }
      }
      if (group.getTotalByteSize() > Limit.ROW_GROUP_BYTES.value()) {
        throw new IOException(
            "a row group has %d bytes, and %s; or write smaller ones"
                .formatted(group.getTotalByteSize(), Limit.ROW_GROUP_BYTES.remedy()));
      }
    }
  }

  private void skipTo(long firstRow) throws IOException {
    for (BlockMetaData group : reader.getRowGroups()) {
      if (row + group.getRowCount() > firstRow) {
        break;
      }
      row += group.getRowCount();
      parquet("damaged", reader::skipNextRowGroup);
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
      PageReadStore pages = parquet("damaged", reader::readNextRowGroup);
      if (pages == null) {
        return Optional.empty();
      }
      rows = parquet("damaged", () -> recordReader(pages));
      rowsLeft = pages.getRowCount();
    }
    rowsLeft--;
    RecordReader<Group> current = rows;
    if (current == null) {
      throw new IllegalStateException("Rows without a row group: " + path);
    }
    return Optional.of(parquet("damaged", current::read));
  }

  private RecordReader<Group> recordReader(PageReadStore pages) {
    return new ColumnIOFactory()
        .getColumnIO(schema)
        .getRecordReader(new BoundedPages(pages), new GroupRecordConverter(schema));
  }

  /** Something that Parquet's own code does with the file. */
  private interface Reading<T> {
    T run() throws IOException;
  }

  private static <T> T parquet(String what, Reading<T> reading) throws IOException {
    try {
      return reading.run();
    } catch (RuntimeException e) {
      throw new IOException(what + ": " + Reason.of(e), e);
    }
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
