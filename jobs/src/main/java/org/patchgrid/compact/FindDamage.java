package org.patchgrid.compact;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.patchgrid.store.ResultFile;

/** What an executor does with a file first: is it as it was committed? Says what is not. */
final class FindDamage implements FlatMapFunction<String, String> {
  private static final long serialVersionUID = 1;

  private final StudyPlaces places;

  FindDamage(StudyPlaces places) {
    this.places = places;
  }

  @Override
  public Iterator<String> call(String file) throws IOException {
    return ResultFile.ofText(file)
        .problem(places.sourcePath(), places.hadoop().configuration())
        .map(List::of)
        .orElseGet(List::of)
        .iterator();
  }
}
