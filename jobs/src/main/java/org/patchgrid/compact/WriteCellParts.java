package org.patchgrid.compact;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function2;
import org.patchgrid.store.ResultFile;
import org.patchgrid.study.Measurement;
import org.patchgrid.table.SortableRow;
import scala.Tuple2;

/** What an executor does with the sorted rows of a part of {@code cells}: one file. */
final class WriteCellParts
    implements Function2<Integer, Iterator<Tuple2<byte[], byte[]>>, Iterator<String>> {
  private static final long serialVersionUID = 1;

  private final StudyPlaces places;

  WriteCellParts(StudyPlaces places) {
    this.places = places;
  }

  @Override
  public Iterator<String> call(Integer part, Iterator<Tuple2<byte[], byte[]>> rows)
      throws IOException {
    Iterator<Measurement> measurements =
        new Mapped<>(rows, row -> SortableRow.decode(row._1(), row._2()));
    ResultFile file = places.writer().cells(part, TaskContext.get().taskAttemptId(), measurements);
    return List.of(file.toText()).iterator();
  }
}
