package org.patchgrid.aggregate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.patchgrid.table.GroupKey;
import org.patchgrid.table.GroupStatistics;
import org.patchgrid.table.Grouping;
import org.patchgrid.table.Measure;
import scala.Tuple2;

/** What an executor does with chunks that are sorted by group: the numbers of each group. */
record SummarizeGroups(Broadcast<StudyPairs> pairs)
    implements PairFlatMapFunction<Iterator<Tuple2<String, byte[]>>, String, byte[]> {
  @Override
  public Iterator<Tuple2<String, byte[]>> call(Iterator<Tuple2<String, byte[]>> chunks) {
    return new Results(chunks, pairs.value());
  }

  private static final class Results implements Iterator<Tuple2<String, byte[]>> {
    private final Iterator<Tuple2<String, byte[]>> chunks;
    private final StudyPairs pairs;
    private final List<RecoveryStatistics> statistics = new ArrayList<>();
    private final Queue<Tuple2<String, byte[]>> ready = new ArrayDeque<>();
    private Optional<Tuple2<String, byte[]>> ahead = Optional.empty();

    private Results(Iterator<Tuple2<String, byte[]>> chunks, StudyPairs pairs) {
      this.chunks = chunks;
      this.pairs = pairs;
    }

    @Override
    public boolean hasNext() {
      return !ready.isEmpty() || ahead.isPresent() || chunks.hasNext();
    }

    @Override
    public Tuple2<String, byte[]> next() {
      if (ready.isEmpty()) {
        summarize();
      }
      return ready.remove();
    }

    private void summarize() {
      Tuple2<String, byte[]> first = ahead.orElseGet(this::nextChunk);
      ahead = Optional.empty();
      List<MeasurementChunk> ofGroup = new ArrayList<>();
      ofGroup.add(MeasurementChunk.ofBytes(first._2()));
      while (ahead.isEmpty() && chunks.hasNext()) {
        Tuple2<String, byte[]> chunk = chunks.next();
        if (chunk._1().equals(first._1())) {
          ofGroup.add(MeasurementChunk.ofBytes(chunk._2()));
        } else {
          ahead = Optional.of(chunk);
        }
      }
      GroupKey group = GroupKey.ofKey(first._1());
      byte[] results = GroupResult.toBytes(results(new GroupValues(group, ofGroup, pairs.size())));
      ready.add(new Tuple2<>(first._1(), results));
      if (group.grouping() == Grouping.SITE && group.site().isWholeLayer()) {
        // The layer's only site: its numbers are the layer's.
        ready.add(new Tuple2<>(group.wholeLayer().toKey(), results));
      }
    }

    private Tuple2<String, byte[]> nextChunk() {
      if (!chunks.hasNext()) {
        throw new NoSuchElementException();
      }
      return chunks.next();
    }

    private List<GroupResult> results(GroupValues values) {
      if (statistics.isEmpty()) {
        for (int subset = 0; subset < pairs.subsets(); subset++) {
          statistics.add(new RecoveryStatistics(pairs.draws(subset)));
        }
      }
      List<GroupResult> results = new ArrayList<>();
      for (int subset = 0; subset < pairs.subsets(); subset++) {
        results.addAll(results(values, subset));
      }
      return results;
    }

    private List<GroupResult> results(GroupValues values, int subset) {
      int[] members = pairs.members(subset);
      RecoveryStatistics numbers = statistics.get(subset);
      double[] total = values.total(members);
      double[] effects = values.ratios(Measure.EFFECT, members);
      double[] lost = values.indirect(Measure.EFFECT, members);
      GroupStatistics ofEffect = numbers.of(effects, lost, total, true);
      double[] recoveries = values.ratios(Measure.RECOVERY, members);
      double[] restored = values.indirect(Measure.RECOVERY, members);
      // Of denoising they are the same. Of noising the ratios may be too, where all are undefined.
      GroupStatistics ofRecovery =
          Arrays.equals(effects, recoveries) && Arrays.equals(lost, restored)
              ? ofEffect
              : numbers.of(recoveries, restored, total, false);
      return List.of(
          result(values, subset, Measure.EFFECT, ofEffect),
          result(values, subset, Measure.RECOVERY, ofRecovery));
    }

    private GroupResult result(
        GroupValues values, int subset, Measure measure, GroupStatistics numbers) {
      return new GroupResult(
          subset, measure, values.sites(), values.counts(pairs.members(subset)), numbers);
    }
  }
}
