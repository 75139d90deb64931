package org.patchgrid.aggregate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.CollectionAccumulator;
import org.patchgrid.store.AggregateFile;
import org.patchgrid.store.DriverRun;
import org.patchgrid.store.HadoopSettings;
import org.patchgrid.table.AggregateRow;
import org.patchgrid.table.AggregateSource;
import org.patchgrid.table.FamilyPlace;
import org.patchgrid.table.GroupKey;
import scala.Tuple2;

/**
 * What one executor does with the numbers of all groups, sorted: compares those of one sweep and
 * metric, one such part in memory at a time, and stages the file. Says which by {@link
 * AggregateFile.Staged#toText}.
 */
record WriteAggregates(
    String study,
    String studyId,
    HadoopSettings hadoop,
    DriverRun run,
    AggregateSource source,
    Broadcast<StudyPairs> pairs,
    CollectionAccumulator<String> warnings)
    implements FlatMapFunction<Iterator<Tuple2<String, byte[]>>, String> {
  @Override
  public Iterator<String> call(Iterator<Tuple2<String, byte[]>> groups) throws IOException {
    AggregateFile.Staged staged =
        AggregateFile.stage(
            new Path(study),
            hadoop.configuration(),
            run,
            TaskContext.get().taskAttemptId(),
            source,
            studyId,
            new Rows(groups, pairs.value(), warnings));
    return List.of(staged.toText()).iterator();
  }

  private static final class Rows implements Iterator<AggregateRow> {
    private final Iterator<Tuple2<String, byte[]>> groups;
    private final StudyPairs pairs;
    private final CollectionAccumulator<String> warnings;
    private Iterator<AggregateRow> part = Collections.emptyIterator();
    private Optional<Tuple2<String, byte[]>> ahead = Optional.empty();

    private Rows(
        Iterator<Tuple2<String, byte[]>> groups,
        StudyPairs pairs,
        CollectionAccumulator<String> warnings) {
      this.groups = groups;
      this.pairs = pairs;
      this.warnings = warnings;
    }

    @Override
    public boolean hasNext() {
      return part.hasNext() || ahead.isPresent() || groups.hasNext();
    }

    @Override
    public AggregateRow next() {
      if (!part.hasNext()) {
        part = Families.placed(nextPart()).iterator();
      }
      return part.next();
    }

    private List<AggregateRow> nextPart() {
      List<AggregateRow> rows = new ArrayList<>();
      Tuple2<String, byte[]> group = ahead.orElseGet(groups::next);
      ahead = Optional.empty();
      GroupKey key = GroupKey.ofKey(group._1());
      String name = key.part();
      addRows(rows, key, group._2());
      while (ahead.isEmpty() && groups.hasNext()) {
        group = groups.next();
        key = GroupKey.ofKey(group._1());
        if (key.part().equals(name)) {
          addRows(rows, key, group._2());
        } else {
          ahead = Optional.of(group);
        }
      }
      ConstantEffects.of(rows).ifPresent(warnings::add);
      return rows;
    }

    private void addRows(List<AggregateRow> rows, GroupKey key, byte[] results) {
      for (GroupResult result : GroupResult.ofBytes(results)) {
        rows.add(
            new AggregateRow(
                key,
                pairs.tag(result.subset()),
                result.measure(),
                result.sites(),
                result.counts(),
                result.statistics(),
                FamilyPlace.NONE));
      }
    }
  }
}
