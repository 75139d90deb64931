package org.patchgrid.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.table.CellScan;
import org.patchgrid.table.FooterTag;
import org.patchgrid.table.PairTable;
import org.patchgrid.table.ParquetFiles;

/** What a driver finds of a study that earlier ones have left, before it goes on. */
record Resumption(ResultDirectory directory, StudyIdentity identity, Manifest manifest) {
  /** Of what a late executor left there after the end. */
  void removeStagingOfFinishedRuns() throws IOException {
    for (FileStatus entry : directory.list(ResultDirectory.STAGING)) {
      String name = entry.getPath().getName();
      if (manifest.hasFinished(name)) {
        directory.clear(ResultDirectory.STAGING + "/" + name);
      }
    }
  }

  /**
   * Looks at sizes only: hashing everything is what {@code verify} is for.
   *
   * @throws PatchgridException if a listed file is missing or has another size
   */
  void checkListedFiles() throws IOException {
    Map<String, Long> lengths = new TreeMap<>();
    for (ResultTable table : ResultTable.values()) {
      for (FileStatus file : directory.list(table.label())) {
        lengths.put(table.label() + "/" + file.getPath().getName(), file.getLen());
      }
    }
    for (ManifestEntry.TaskCommitted task : manifest.tasks()) {
      for (ResultFile file : task.files()) {
        Long length = lengths.get(file.path());
        if (length == null) {
          throw damaged(file.path(), "it is listed in the manifest but missing");
        }
        if (length != file.bytes()) {
          throw damaged(
              file.path(), "it has " + length + " bytes, the manifest says " + file.bytes());
        }
      }
    }
  }

  private PatchgridException damaged(String path, String what) {
    return new PatchgridException(
        "Cannot resume '%s': '%s' is damaged, %s; restore it from a copy, or start again with another --out"
            .formatted(directory, path, what));
  }

  /**
   * Entries for tasks whose files are in place and which no driver has listed.
   *
   * @param run that adopts them
   * @throws PatchgridException if there is a file that is not part of the study
   */
  List<ManifestEntry.TaskCommitted> unlistedTasks(DriverRun run) throws IOException {
    for (int task : unlisted(ResultTable.PAIRS)) {
      // Without a cells file the task runs again and finds its pairs file in place.
      requireOwnFooter(ResultTable.PAIRS, task);
    }
    List<ManifestEntry.TaskCommitted> adopted = new ArrayList<>();
    for (int task : unlisted(ResultTable.CELLS)) {
      ParquetMetadata footer = requireOwnFooter(ResultTable.CELLS, task);
      List<ResultFile> files = new ArrayList<>();
      Map<String, Long> pairs = new TreeMap<>();
      String pairsPath = ResultTable.PAIRS.path(task);
      if (directory.exists(pairsPath)) {
        files.add(
            committedFile(ResultTable.PAIRS, task, requireOwnFooter(ResultTable.PAIRS, task)));
        pairs.putAll(
            PairTable.countByStatus(directory.input(pairsPath), directory.configuration()));
      }
      files.add(committedFile(ResultTable.CELLS, task, footer));
      adopted.add(
          new ManifestEntry.TaskCommitted(
              run.id(), task, true, files, countRows(task, pairs), ComputedWith.UNKNOWN));
    }
    return adopted;
  }

  private Set<Integer> unlisted(ResultTable table) throws IOException {
    Set<Integer> unlisted = new TreeSet<>();
    for (FileStatus file : directory.list(table.label())) {
      String name = file.getPath().getName();
      OptionalInt task = ResultTable.taskOf(name);
      if (task.isEmpty()) {
        throw new PatchgridException(
            foreignMessage(table.label() + "/" + name, "its name is not one of a result file"));
      }
      boolean listed =
          manifest.task(task.getAsInt()).flatMap(known -> known.file(table)).isPresent();
      if (!listed) {
        unlisted.add(task.getAsInt());
      }
    }
    return unlisted;
  }

  private ParquetMetadata requireOwnFooter(ResultTable table, int task) throws IOException {
    String path = table.path(task);
    ParquetMetadata footer;
    try {
      footer = ParquetFiles.footer(directory.input(path), directory.configuration());
    } catch (IOException e) {
      throw new PatchgridException(
          foreignMessage(path, "it is not listed in the manifest and its footer cannot be read"),
          e);
    }
    Map<String, String> metadata = footer.getFileMetaData().getKeyValueMetaData();
    if (!FooterTag.ofTask(identity.fingerprint(), task).matches(metadata)) {
      throw new PatchgridException(foreignMessage(path, "it is of another study or task"));
    }
    return footer;
  }

  private String foreignMessage(String path, String why) {
    return "Cannot resume '%s': '%s' is not part of the study, %s; move it away and run again"
        .formatted(directory, path, why);
  }

  private ResultFile committedFile(ResultTable table, int task, ParquetMetadata footer)
      throws IOException {
    String path = table.path(task);
    long bytes = directory.input(path).getLength();
    return new ResultFile(table, path, ParquetFiles.rows(footer), bytes, directory.sha256(path));
  }

  private TaskCounts countRows(int task, Map<String, Long> pairs) throws IOException {
    TaskCounts.CellCounter cells = new TaskCounts.CellCounter();
    try (CellScan rows =
        CellScan.open(directory.input(ResultTable.CELLS.path(task)), directory.configuration())) {
      while (rows.next()) {
        cells.add(rows.row().measurement());
      }
    }
    return cells.counts(pairs, 0, Map.of()); // what was audited is in no file
  }
}
