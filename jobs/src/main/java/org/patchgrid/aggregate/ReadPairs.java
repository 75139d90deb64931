package org.patchgrid.aggregate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.patchgrid.store.HadoopSettings;
import org.patchgrid.store.StudyTables;
import scala.Tuple2;

/** What an executor does with one pairs file: the measured pairs' ids and tags. */
record ReadPairs(String study, HadoopSettings hadoop)
    implements PairFlatMapFunction<String, String, Map<String, String>> {
  @Override
  public Iterator<Tuple2<String, Map<String, String>>> call(String file) throws IOException {
    List<Tuple2<String, Map<String, String>>> pairs = new ArrayList<>();
    new StudyTables(new Path(study), hadoop.configuration())
        .measuredPairs(file)
        .forEach((id, tags) -> pairs.add(new Tuple2<>(id, tags)));
    return pairs.iterator();
  }
}
