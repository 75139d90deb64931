package org.patchgrid.compact;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function2;
import org.patchgrid.store.ResultFile;
import scala.Tuple2;

/** What an executor does with the files of a part of {@code pairs}, in order: one file. */
final class WritePairParts
    implements Function2<Integer, Iterator<Tuple2<Integer, byte[]>>, Iterator<String>> {
  private static final long serialVersionUID = 1;

  private final StudyPlaces places;

  WritePairParts(StudyPlaces places) {
    this.places = places;
  }

  @Override
  public Iterator<String> call(Integer part, Iterator<Tuple2<Integer, byte[]>> files)
      throws IOException {
    Iterator<byte[]> contents = new Mapped<>(files, content -> content._2());
    ResultFile file = places.writer().pairs(part, TaskContext.get().taskAttemptId(), contents);
    return List.of(file.toText()).iterator();
  }
}
