package org.patchgrid.compact;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.patchgrid.execute.SparkDriver;
import org.patchgrid.store.CommittedFiles;
import org.patchgrid.store.CompactedStudy;
import org.patchgrid.store.CompactionSource;
import org.patchgrid.store.DriverRun;
import org.patchgrid.store.ResultFile;
import org.patchgrid.store.ResultTable;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Reason;
import org.patchgrid.table.SortableRow;

/**
 * Writes a study's tables once more, in few large sorted files, into another directory.
 *
 * @param study the directory
 * @param target an empty or new directory, or what an interrupted compaction left
 * @param unfinished whether a study may be compacted that has not ended
 * @param fileBytes size of a file, about
 */
public record Compaction(
    JavaSparkContext spark, Path study, Path target, boolean unfinished, long fileBytes) {
  /** Size of a file, about. */
  public static final long FILE_BYTES = 128 << 20;

  /** Measurements for which a Spark task is worth its overhead. */
  private static final long ROWS_A_PARTITION = 250_000;

  /** Rows by which the size of the table and the ranges of its parts are estimated. */
  private static final long SAMPLED_ROWS = 100_000;

  private static final int SAMPLED_FILES = 1_000;
  private static final long SAMPLE_SEED = 1;

  /**
   * Runs it. The target is a study when all is written, and none before.
   *
   * @throws PatchgridException if the source has no study, one that has not ended, or damaged
   *     files; if there is something in the target; if a file system refuses; or if Spark ended the
   *     application
   */
  public CompactionReport run() {
    try {
      return compact();
    } catch (IOException | FSError e) {
      throw new PatchgridException(
          "Cannot compact '%s' into '%s': %s; mend it and run the same command again, which begins anew"
              .formatted(study, target, Reason.of(e)),
          e);
    } catch (Exception e) { // Spark throws what it does not declare
      SparkDriver.requireRunning(spark, e);
      throw e;
    }
  }

  private CompactionReport compact() throws IOException {
    Configuration configuration = spark.hadoopConfiguration();
    CompactionSource source = CompactionSource.read(study, configuration, unfinished);
    CommittedFiles before = source.files();
    DriverRun run = DriverRun.begin(Clock.systemUTC());
    CompactedStudy compacted = CompactedStudy.claim(target, configuration, run);
    PartTasks tasks =
        PartTasks.of(
            study.getFileSystem(configuration).makeQualified(study),
            compacted.directory(),
            configuration,
            run,
            source.identity());
    spark.setJobDescription(
        "%s: compact %,d measurements"
            .formatted(source.identity().studyId(), before.rows(ResultTable.CELLS)));
    requireSound(source, before, tasks);
    List<ResultFile> staged = new ArrayList<>(writePairs(before, tasks));
    staged.addAll(writeCells(before, tasks));
    List<ResultFile> files = compacted.publish(source, staged, Clock.systemUTC());
    return new CompactionReport(
        source.identity().studyId(),
        before.rows(ResultTable.PAIRS),
        before.rows(ResultTable.CELLS),
        files.size(),
        bytes(files),
        before.files().size(),
        bytes(before.files()),
        compacted.toString());
  }

  private static long bytes(List<ResultFile> files) {
    return files.stream().mapToLong(ResultFile::bytes).sum();
  }

  /** A damaged file must not live on in the copy, with a good hash. */
  private void requireSound(CompactionSource source, CommittedFiles before, PartTasks tasks) {
    List<String> problems = new ArrayList<>();
    for (ResultTable table : ResultTable.values()) {
      problems.addAll(files(before, table).flatMap(tasks::findDamage).collect());
    }
    if (!problems.isEmpty()) {
      throw new PatchgridException(
          "Cannot compact '%s': %s%s; `patchgrid verify` lists what is damaged, restore it from a copy"
              .formatted(
                  source,
                  problems.get(0),
                  problems.size() > 1 ? " and %,d more".formatted(problems.size() - 1) : ""));
    }
  }

  private JavaRDD<String> files(CommittedFiles committed, ResultTable table) {
    return files(committed.of(table), committed.rows(table));
  }

  private JavaRDD<String> files(List<ResultFile> files, long rows) {
    long partitions = Math.max(spark.defaultParallelism(), rows / ROWS_A_PARTITION);
    List<String> texts = files.stream().map(ResultFile::toText).toList();
    return spark.parallelize(texts, (int) Math.max(1, Math.min(partitions, texts.size())));
  }

  private List<ResultFile> writePairs(CommittedFiles before, PartTasks tasks) throws IOException {
    List<ResultFile> files = before.of(ResultTable.PAIRS);
    if (files.isEmpty()) {
      return List.of();
    }
    return results(
        files(before, ResultTable.PAIRS)
            .zipWithIndex()
            .mapToPair(tasks::pairFile)
            .repartitionAndSortWithinPartitions(Ranges.ofFiles(files, fileBytes))
            .mapPartitionsWithIndex(tasks::writePairs, true));
  }

  private List<ResultFile> writeCells(CommittedFiles before, PartTasks tasks) throws IOException {
    return results(
        files(before, ResultTable.CELLS)
            .flatMapToPair(file -> tasks.cellRows(file, 1))
            .repartitionAndSortWithinPartitions(ranges(before, tasks), Ranges.UNSIGNED)
            .mapPartitionsWithIndex(tasks::writeCells, true));
  }

  private static List<ResultFile> results(JavaRDD<String> written) throws IOException {
    List<ResultFile> files = new ArrayList<>();
    for (String text : written.collect()) {
      files.add(ResultFile.ofText(text));
    }
    return files;
  }

  /** By a sample: what a row takes in a sorted file, and where parts begin. */
  private Ranges<byte[]> ranges(CommittedFiles before, PartTasks tasks) throws IOException {
    List<ResultFile> sampled = new ArrayList<>(before.of(ResultTable.CELLS));
    // Not every nth: neighbours that have other sites may come back after n files.
    Collections.shuffle(sampled, new Random(SAMPLE_SEED));
    sampled = sampled.subList(0, Math.min(sampled.size(), SAMPLED_FILES));
    long rows = sampled.stream().mapToLong(ResultFile::rows).sum();
    int step = (int) Math.max(1, rows / SAMPLED_ROWS);
    List<SortableRow> sample =
        files(sampled, rows).flatMapToPair(file -> tasks.cellRows(file, step)).collect().stream()
            .map(row -> new SortableRow(row._1(), row._2()))
            .sorted(Comparator.comparing(SortableRow::key, Ranges.UNSIGNED))
            .toList();
    double bytes =
        before.rows(ResultTable.CELLS)
            * SortableRow.bytesPerRow(sample, tasks.studyId(), spark.hadoopConfiguration());
    return Ranges.ofKeys(
        sample.stream().map(SortableRow::key).toList(),
        (int) Math.max(1, Math.round(bytes / fileBytes)));
  }
}
