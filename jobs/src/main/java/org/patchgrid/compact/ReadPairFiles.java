package org.patchgrid.compact;

import java.io.IOException;
import org.apache.spark.api.java.function.PairFunction;
import org.patchgrid.store.ResultFile;
import scala.Tuple2;

/** What an executor does with a file of {@code pairs}: hands it on whole, under its number. */
final class ReadPairFiles implements PairFunction<Tuple2<String, Long>, Integer, byte[]> {
  private static final long serialVersionUID = 1;

  private final StudyPlaces places;

  ReadPairFiles(StudyPlaces places) {
    this.places = places;
  }

  @Override
  public Tuple2<Integer, byte[]> call(Tuple2<String, Long> file) throws IOException {
    byte[] content =
        ResultFile.ofText(file._1()).read(places.sourcePath(), places.hadoop().configuration());
    return new Tuple2<>(Math.toIntExact(file._2()), content);
  }
}
