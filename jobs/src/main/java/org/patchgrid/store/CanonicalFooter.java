package org.patchgrid.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageEncodingStats;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;

/**
 * Gives a Parquet file the one footer that its rows imply. Parquet lists a column's encodings in
 * the order of a hash set of enum constants, which changes from JVM to JVM; here they are sorted.
 */
final class CanonicalFooter {
  private static final byte[] MAGIC = {'P', 'A', 'R', '1'};
  private static final int TAIL_BYTES = Integer.BYTES + MAGIC.length;

  private CanonicalFooter() {}

  /**
   * The same with a sorted footer; what lies before the footer keeps its place.
   *
   * @param file a file, or an end of one that has all of its footer
   */
  static byte[] of(byte[] file) throws IOException {
    int footerLength =
        ByteBuffer.wrap(file, file.length - TAIL_BYTES, Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .getInt();
    int footerStart = file.length - TAIL_BYTES - footerLength;
    FileMetaData footer =
        Util.readFileMetaData(new ByteArrayInputStream(file, footerStart, footerLength));
    for (RowGroup rowGroup : footer.getRow_groups()) {
      for (ColumnChunk column : rowGroup.getColumns()) {
        sort(column.getMeta_data());
      }
    }
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    Util.writeFileMetaData(footer, written);
    byte[] sorted = written.toByteArray();
    ByteBuffer result = ByteBuffer.allocate(footerStart + sorted.length + TAIL_BYTES);
    result.order(ByteOrder.LITTLE_ENDIAN);
    result.put(file, 0, footerStart).put(sorted).putInt(sorted.length).put(MAGIC);
    return result.array();
  }

  private static void sort(ColumnMetaData column) {
    List<Encoding> encodings = new ArrayList<>(column.getEncodings());
    encodings.sort(Comparator.comparingInt(Encoding::getValue));
    column.setEncodings(encodings);
    if (column.isSetEncoding_stats()) {
      List<PageEncodingStats> stats = new ArrayList<>(column.getEncoding_stats());
      stats.sort(
          Comparator.comparingInt((PageEncodingStats s) -> s.getPage_type().getValue())
              .thenComparingInt(s -> s.getEncoding().getValue()));
      column.setEncoding_stats(stats);
    }
  }
}
