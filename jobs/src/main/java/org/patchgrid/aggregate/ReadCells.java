package org.patchgrid.aggregate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.patchgrid.store.HadoopSettings;
import org.patchgrid.store.StudyTables;
import org.patchgrid.table.CellScan;
import org.patchgrid.table.GroupKey;
import org.patchgrid.table.SiteColumns;
import scala.Tuple2;

/**
 * What an executor does with some cells files: gathers the measurements of each group, and hands
 * them on as chunks. A site that is not a whole layer is in two groups, its own and its layer's.
 *
 * @param study the directory, with its file system
 */
record ReadCells(String study, HadoopSettings hadoop, Broadcast<StudyPairs> pairs)
    implements PairFlatMapFunction<Iterator<String>, String, byte[]> {
  /** Measurements that are held before their chunks are handed on: some 100 MB. */
  private static final int MOST_HELD = 1_000_000;

  @Override
  public Iterator<Tuple2<String, byte[]>> call(Iterator<String> files) throws IOException {
    StudyTables tables = new StudyTables(new Path(study), hadoop.configuration());
    return new Chunks(files, pairs.value(), tables);
  }

  private static final class Chunks implements Iterator<Tuple2<String, byte[]>> {
    private final Iterator<String> files;
    private final StudyPairs pairs;
    private final StudyTables tables;
    private final Map<SiteColumns, Map<String, MeasurementChunk>> held = new HashMap<>();
    private final Map<String, Integer> pairNumbers = new HashMap<>();
    private final Queue<Tuple2<String, byte[]>> ready = new ArrayDeque<>();
    private int rowsHeld;

    private Chunks(Iterator<String> files, StudyPairs pairs, StudyTables tables) {
      this.files = files;
      this.pairs = pairs;
      this.tables = tables;
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && files.hasNext()) {
        read(files.next());
        if (!files.hasNext()) {
          handOn();
        }
      }
      return !ready.isEmpty();
    }

    @Override
    public Tuple2<String, byte[]> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.remove();
    }

    private void read(String file) {
      try (CellScan rows = tables.cells(file)) {
        SiteColumns site = null;
        Map<String, MeasurementChunk> byMetric = Map.of();
        while (rows.next()) {
          SiteColumns current = rows.site();
          if (!current.equals(site)) {
            site = current;
            byMetric = held.computeIfAbsent(site, at -> new HashMap<>());
          }
          MeasurementChunk chunk = byMetric.get(rows.metric());
          if (chunk == null) {
            chunk = new MeasurementChunk(current.toKey());
            byMetric.put(rows.metric(), chunk);
          }
          chunk.add(
              pairNumbers.computeIfAbsent(rows.pairId(), pairs::number),
              rows.status(),
              rows.clean(),
              rows.corrupted(),
              rows.patched(),
              rows.recovery(),
              rows.effect());
          rowsHeld++;
          if (rowsHeld == MOST_HELD) {
            handOn();
            site = null;
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + file + " of " + tables, e);
      }
    }

    private void handOn() {
      held.forEach(
          (site, byMetric) ->
              byMetric.forEach((metric, chunk) -> handOn(GroupKey.ofSite(site, metric), chunk)));
      held.clear();
      rowsHeld = 0;
    }

    private void handOn(GroupKey group, MeasurementChunk chunk) {
      byte[] bytes = chunk.toBytes();
      ready.add(new Tuple2<>(group.toKey(), bytes));
      if (!group.site().isWholeLayer()) {
        ready.add(new Tuple2<>(group.wholeLayer().toKey(), bytes));
      }
    }
  }
}
