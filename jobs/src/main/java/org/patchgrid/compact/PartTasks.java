package org.patchgrid.compact;

import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.patchgrid.store.DriverRun;
import org.patchgrid.store.HadoopSettings;
import org.patchgrid.store.PartWriter;
import org.patchgrid.store.ResultFile;
import org.patchgrid.store.StudyIdentity;
import org.patchgrid.table.SortableRow;
import scala.Tuple2;

/**
 * What executors do in a compaction; files travel as {@link ResultFile#toText}.
 *
 * @param source the directory that is compacted, with its file system
 * @param target the directory that is made, with its file system
 */
record PartTasks(
    String source,
    String target,
    HadoopSettings hadoop,
    DriverRun run,
    String fingerprint,
    String studyId)
    implements Serializable {

  static PartTasks of(
      Path source, Path target, Configuration hadoop, DriverRun run, StudyIdentity identity) {
    return new PartTasks(
        source.toString(),
        target.toString(),
        new HadoopSettings(hadoop),
        run,
        identity.fingerprint(),
        identity.studyId());
  }

  /** What of a file is not as it was committed. */
  Iterator<String> findDamage(String file) throws IOException {
    return ResultFile.ofText(file)
        .problem(new Path(source), hadoop.configuration())
        .map(List::of)
        .orElseGet(List::of)
        .iterator();
  }

  /** A file of {@code pairs}, whole, under its number. */
  Tuple2<Integer, byte[]> pairFile(Tuple2<String, Long> file) throws IOException {
    return new Tuple2<>(Math.toIntExact(file._2()), content(file._1()));
  }

  /**
   * Every how manieth row of a file of {@code cells} as bytes, key and values. The bytes of one
   * file are in memory.
   */
  Iterator<Tuple2<byte[], byte[]>> cellRows(String file, int step) throws IOException {
    Iterator<SortableRow> rows = SortableRow.rows(content(file), step, hadoop.configuration());
    return new Mapped<>(rows, row -> new Tuple2<>(row.key(), row.values()));
  }

  private byte[] content(String file) throws IOException {
    return ResultFile.ofText(file).read(new Path(source), hadoop.configuration());
  }

  /** One file of the files of a part of {@code pairs}, in order. */
  Iterator<String> writePairs(int part, Iterator<Tuple2<Integer, byte[]>> files)
      throws IOException {
    return staged(writer().pairs(part, attempt(), new Mapped<>(files, Tuple2::_2)));
  }

  /** One file of the sorted rows of a part of {@code cells}. */
  Iterator<String> writeCells(int part, Iterator<Tuple2<byte[], byte[]>> rows) throws IOException {
    return staged(
        writer()
            .cells(
                part,
                attempt(),
                new Mapped<>(rows, row -> SortableRow.decode(row._1(), row._2()))));
  }

  private PartWriter writer() throws IOException {
    return new PartWriter(new Path(target), hadoop.configuration(), run, fingerprint, studyId);
  }

  private static long attempt() {
    return TaskContext.get().taskAttemptId();
  }

  private static Iterator<String> staged(ResultFile file) {
    return List.of(file.toText()).iterator();
  }
}
