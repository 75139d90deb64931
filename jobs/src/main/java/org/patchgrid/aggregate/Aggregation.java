package org.patchgrid.aggregate;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.CollectionAccumulator;
import org.patchgrid.execute.SparkDriver;
import org.patchgrid.store.AggregateFile;
import org.patchgrid.store.CommittedFiles;
import org.patchgrid.store.DriverRun;
import org.patchgrid.store.HadoopSettings;
import org.patchgrid.store.ResultFile;
import org.patchgrid.store.ResultTable;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Reason;
import org.patchgrid.table.AggregateSource;

/**
 * Makes the table {@code aggregates} of a study's committed tasks. The study may be running: what
 * is committed later is not in, and the table says which cells it was made from.
 *
 * @param study the directory
 */
public record Aggregation(JavaSparkContext spark, Path study) {
  /** Of the resamples and sign flips; fixed, so that numbers can be cited. */
  static final long SEED = 1;

  static final int RESAMPLES = 1_000;
  static final int SIGN_FLIPS = 9_999;

  /** Measurements for which a Spark task is worth its overhead. */
  private static final long ROWS_A_PARTITION = 250_000;

  /**
   * Reads all committed tasks and replaces the table.
   *
   * @throws PatchgridException if the directory has no study, none of its tasks is complete, or
   *     Spark ended the application; or if a file system refuses
   */
  public AggregateReport run() {
    try {
      return aggregate();
    } catch (IOException | FSError e) {
      throw new PatchgridException(
          "Cannot aggregate '%s': %s; mend it and run the same command again"
              .formatted(study, Reason.of(e)),
          e);
    } catch (Exception e) {
      SparkDriver.requireRunning(spark, e);
      throw e;
    }
  }

  private AggregateReport aggregate() throws IOException {
    Configuration configuration = spark.hadoopConfiguration();
    CommittedFiles committed = CommittedFiles.read(study, configuration);
    long measurements = committed.rows(ResultTable.CELLS);
    if (measurements == 0) {
      throw new PatchgridException(
          "Cannot aggregate '%s': no task of the study has measurements yet; run it first"
              .formatted(study));
    }
    HadoopSettings hadoop = new HadoopSettings(configuration);
    String directory = study.getFileSystem(configuration).makeQualified(study).toString();
    StudyPairs pairs =
        new StudyPairs(measuredPairs(committed, directory, hadoop), SEED, RESAMPLES, SIGN_FLIPS);
    AggregateSource source =
        new AggregateSource(
            committed.identity().fingerprint(),
            committed.sha256(),
            committed.tasks(),
            SEED,
            RESAMPLES,
            SIGN_FLIPS,
            pairs.leftOutTags());
    String studyId = committed.identity().studyId();
    DriverRun run = DriverRun.begin(Clock.systemUTC());
    spark.setJobDescription("%s: aggregate %,d measurements".formatted(studyId, measurements));
    Broadcast<StudyPairs> shared = spark.broadcast(pairs);
    CollectionAccumulator<String> warnings = spark.sc().collectionAccumulator();
    AggregateFile.Staged staged =
        AggregateFile.Staged.ofText(
            results(committed, directory, hadoop, shared)
                .mapPartitions(
                    new WriteAggregates(directory, studyId, hadoop, run, source, shared, warnings))
                .collect()
                .get(0));
    AggregateFile.publish(study, configuration, staged);
    shared.destroy();
    return new AggregateReport(
        studyId,
        source,
        measurements,
        pairs.size(),
        staged.rows(),
        study + "/" + AggregateFile.NAME,
        warnings.value().stream().distinct().sorted().toList());
  }

  /** The numbers of all groups, in one sorted partition. */
  private JavaPairRDD<String, byte[]> results(
      CommittedFiles committed,
      String directory,
      HadoopSettings hadoop,
      Broadcast<StudyPairs> pairs) {
    int partitions = partitions(committed.rows(ResultTable.CELLS));
    return files(committed, ResultTable.CELLS, partitions)
        .mapPartitionsToPair(new ReadCells(directory, hadoop, pairs))
        .repartitionAndSortWithinPartitions(new HashPartitioner(partitions))
        .mapPartitionsToPair(new SummarizeGroups(pairs))
        .repartitionAndSortWithinPartitions(new HashPartitioner(1));
  }

  private int partitions(long rows) {
    return (int) Math.min(10_000, Math.max(spark.defaultParallelism(), rows / ROWS_A_PARTITION));
  }

  private JavaRDD<String> files(CommittedFiles committed, ResultTable table, int partitions) {
    List<String> paths = committed.of(table).stream().map(ResultFile::path).toList();
    return spark.parallelize(paths, Math.max(1, Math.min(partitions, paths.size())));
  }

  /** Tags by pair. */
  private SortedMap<String, Map<String, String>> measuredPairs(
      CommittedFiles committed, String directory, HadoopSettings hadoop) {
    int partitions = partitions(committed.rows(ResultTable.PAIRS));
    SortedMap<String, Map<String, String>> pairs = new TreeMap<>();
    files(committed, ResultTable.PAIRS, partitions)
        .flatMapToPair(new ReadPairs(directory, hadoop))
        .collect()
        .forEach(pair -> pairs.put(pair._1(), pair._2()));
    return pairs;
  }
}
