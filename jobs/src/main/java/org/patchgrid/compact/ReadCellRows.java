package org.patchgrid.compact;

import java.io.IOException;
import java.util.Iterator;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.patchgrid.store.ResultFile;
import org.patchgrid.table.SortableRow;
import scala.Tuple2;

/**
 * What an executor does with a file of {@code cells}: hands on rows as bytes, key and values. The
 * bytes of one file are in memory.
 */
final class ReadCellRows implements PairFlatMapFunction<String, byte[], byte[]> {
  private static final long serialVersionUID = 1;

  private final StudyPlaces places;
  private final int step;

  /**
   * @param step every how manieth row is wanted
   */
  ReadCellRows(StudyPlaces places, int step) {
    this.places = places;
    this.step = step;
  }

  @Override
  public Iterator<Tuple2<byte[], byte[]>> call(String text) throws IOException {
    byte[] file =
        ResultFile.ofText(text).read(places.sourcePath(), places.hadoop().configuration());
    Iterator<SortableRow> rows = SortableRow.rows(file, step, places.hadoop().configuration());
    return new Mapped<>(rows, row -> new Tuple2<>(row.key(), row.values()));
  }
}
