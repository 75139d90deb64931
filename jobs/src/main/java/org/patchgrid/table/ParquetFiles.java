package org.patchgrid.table;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.io.SeekableInputStream;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/**
 * How result files are encoded. Every setting that can change a byte is fixed here and taken from
 * no configuration. Only what Parquet 1.13 has already is used: Spark 3.5 brings that.
 */
public final class ParquetFiles {
  private static final int ZSTD_LEVEL = 3;
  private static final int ROW_GROUP_BYTES = 128 << 20;
  private static final int SORTED_ROW_GROUP_BYTES = 16 << 20;
  private static final int PAGE_BYTES = 1 << 20;

  private ParquetFiles() {}

  /**
   * What differs between tables.
   *
   * @param plainColumns those whose values hardly repeat: without a dictionary
   * @param rowGroupBytes what a row group takes in memory, about
   */
  record Encoding(Set<String> plainColumns, int rowGroupBytes) {
    static final Encoding DEFAULT = new Encoding(Set.of(), ROW_GROUP_BYTES);

    /** Of a large sorted file: readers skip row groups, and hold one. */
    static final Encoding SORTED = new Encoding(Set.of(), SORTED_ROW_GROUP_BYTES);

    Encoding {
      plainColumns = Set.copyOf(plainColumns);
    }

    static Encoding plain(Set<String> columns) {
      return new Encoding(columns, ROW_GROUP_BYTES);
    }
  }

  /** Hands on the rows of a table, one after the other. */
  interface Rows<T> {
    void writeTo(ParquetWriter<T> writer) throws IOException;
  }

  /**
   * Writes all rows; the file is closed, and as durable as its file system can make it.
   *
   * @param footer what the file says about itself
   * @param form writes a row
   * @return how many there were
   */
  static <T> long write(
      OutputFile file,
      Configuration base,
      MessageType schema,
      Map<String, String> footer,
      Encoding encoding,
      Rows<T> rows,
      BiConsumer<RecordConsumer, T> form)
      throws IOException {
    TableWriteSupport<T> support = new TableWriteSupport<>(schema, footer, form);
    Configuration configuration = new Configuration(base);
    configuration.setInt("parquet.compression.codec.zstd.level", ZSTD_LEVEL);
    configuration.setInt("parquet.compression.codec.zstd.workers", 0);
    Builder<T> builder =
        new Builder<>(file, support)
            .withConf(configuration)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            // What every reader knows.
            .withWriterVersion(WriterVersion.PARQUET_1_0)
            .withDictionaryEncoding(true)
            .withRowGroupSize((long) encoding.rowGroupBytes())
            .withPageSize(PAGE_BYTES)
            .withDictionaryPageSize(PAGE_BYTES)
            .withPageWriteChecksumEnabled(true);
    for (String column : encoding.plainColumns()) {
      builder = builder.withDictionaryEncoding(column, false);
    }
    try (ParquetWriter<T> writer = builder.build()) {
      rows.writeTo(writer);
    }
    return support.rows;
  }

  /**
   * Reads the footer of a file.
   *
   * @throws IOException if the file cannot be read, or is not a whole Parquet file
   */
  public static ParquetMetadata footer(InputFile file, Configuration configuration)
      throws IOException {
    ParquetReadOptions options = HadoopReadOptions.builder(configuration).build();
    try (ParquetFileReader reader = ParquetFileReader.open(file, options)) {
      return reader.getFooter();
    } catch (RuntimeException e) {
      // Parquet's way of saying that the bytes are not Parquet.
      throw new IOException("Cannot read the footer of " + file, e);
    }
  }

  /**
   * The same of a file that was read whole.
   *
   * @param name for messages
   */
  public static ParquetMetadata footer(byte[] file, String name, Configuration configuration)
      throws IOException {
    return footer(new Content(file, name), configuration);
  }

  public static long rows(ParquetMetadata footer) {
    List<BlockMetaData> rowGroups = footer.getBlocks();
    return rowGroups.stream().mapToLong(BlockMetaData::getRowCount).sum();
  }

  /**
   * Reads rows one after the other.
   *
   * @param columns of those that the file has
   */
  static ParquetRows<Group> open(InputFile file, Configuration configuration, MessageType columns)
      throws IOException {
    return ParquetRows.open(file, configuration, columns, new GroupRecordConverter(columns));
  }

  private static final class Builder<T> extends ParquetWriter.Builder<T, Builder<T>> {
    private final WriteSupport<T> support;

    private Builder(OutputFile file, WriteSupport<T> support) {
      super(file);
      this.support = support;
    }

    @Override
    protected Builder<T> self() {
      return this;
    }

    // Its replacement is unknown to Parquet 1.13.
    @SuppressWarnings("deprecation")
    @Override
    protected WriteSupport<T> getWriteSupport(Configuration configuration) {
      return support;
    }
  }

  private static final class TableWriteSupport<T> extends WriteSupport<T> {
    private final MessageType schema;
    private final Map<String, String> footer;
    private final BiConsumer<RecordConsumer, T> form;
    private Optional<RecordConsumer> consumer = Optional.empty();
    private long rows;

    private TableWriteSupport(
        MessageType schema, Map<String, String> footer, BiConsumer<RecordConsumer, T> form) {
      this.schema = schema;
      this.footer = footer;
      this.form = form;
    }

    // Its replacement is unknown to Parquet 1.13.
    @SuppressWarnings("deprecation")
    @Override
    public WriteContext init(Configuration configuration) {
      return new WriteContext(schema, footer);
    }

    @Override
    public void prepareForWrite(RecordConsumer to) {
      consumer = Optional.of(to);
    }

    @Override
    public void write(T record) {
      form.accept(consumer.orElseThrow(), record);
      rows++;
    }
  }

  /** A file that was read whole. */
  static final class Content implements InputFile {
    private final byte[] bytes;
    private final String name;

    Content(byte[] bytes, String name) {
      this.bytes = bytes;
      this.name = name;
    }

    @Override
    public long getLength() {
      return bytes.length;
    }

    @Override
    public SeekableInputStream newStream() {
      SeekableBytes content = new SeekableBytes(bytes);
      return new DelegatingSeekableInputStream(content) {
        @Override
        public long getPos() {
          return content.position();
        }

        @Override
        public void seek(long position) {
          content.seek(position);
        }
      };
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final class SeekableBytes extends ByteArrayInputStream {
    private SeekableBytes(byte[] bytes) {
      super(bytes);
    }

    private synchronized long position() {
      return pos;
    }

    private synchronized void seek(long position) {
      pos = Math.toIntExact(position);
    }
  }

  /** Counts what is written, and keeps none of it. */
  static final class CountingOutput implements OutputFile {
    private long bytes;

    long bytes() {
      return bytes;
    }

    @Override
    public PositionOutputStream create(long blockSizeHint) {
      return new PositionOutputStream() {
        @Override
        public long getPos() {
          return bytes;
        }

        @Override
        public void write(int b) {
          bytes++;
        }

        @Override
        public void write(byte[] source, int offset, int length) {
          bytes += length;
        }
      };
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) {
      return create(blockSizeHint);
    }

    @Override
    public boolean supportsBlockSize() {
      return false;
    }

    @Override
    public long defaultBlockSize() {
      return 0;
    }
  }
}
