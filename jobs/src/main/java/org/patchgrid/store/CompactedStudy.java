package org.patchgrid.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.patchgrid.study.PatchgridException;

/**
 * The driver's side of a compaction: a directory that becomes a study by its last step. Until then
 * all rows lie in {@code _staging}, and a marker there tells a later compaction that what it finds
 * was left by an interrupted one. A directory whose tables are in place but which has no {@code
 * manifest/study.json} is not taken for a study by anybody.
 *
 * <p>The manifest has the original's entries, those of tasks without files, and one {@link
 * ManifestEntry.FilesCompacted}.
 */
public final class CompactedStudy {
  private static final String MARKER = ResultDirectory.STAGING + "/compaction";

  private final ResultDirectory directory;
  private final DriverRun run;

  private CompactedStudy(ResultDirectory directory, DriverRun run) {
    this.directory = directory;
    this.run = run;
  }

  /**
   * Takes an empty or new directory, or one that an interrupted compaction has left, which is
   * cleared. Two compactions into one directory at once are not kept apart: one of them fails.
   *
   * @throws PatchgridException if there is something else in it
   */
  public static CompactedStudy claim(Path path, Configuration configuration, DriverRun run)
      throws IOException {
    ResultDirectory directory = ResultDirectory.at(path, configuration);
    refuseOthers(directory);
    for (ResultTable table : ResultTable.values()) {
      directory.clear(table.label());
    }
    directory.clear(ResultDirectory.AGGREGATES);
    directory.clear(StageFile.DIRECTORY);
    directory.clear(ResultDirectory.MANIFEST);
    directory.delete(StudyDocument.TEXT);
    directory.clear(ResultDirectory.STAGING); // the marker last
    directory.touch(MARKER);
    return new CompactedStudy(directory, run);
  }

  private static void refuseOthers(ResultDirectory directory) throws IOException {
    if (directory.rootStatus().map(FileStatus::isFile).orElse(false)) {
      throw new PatchgridException(
          "Cannot compact into '%s': it is a file; choose another --to".formatted(directory));
    }
    if (StudyDocument.read(directory).isPresent()) {
      throw new PatchgridException(
          "Cannot compact into '%s': it holds a study already; choose another --to"
              .formatted(directory));
    }
    List<String> names = directory.list().stream().map(entry -> entry.getPath().getName()).toList();
    boolean interrupted =
        names.equals(List.of(ResultDirectory.STAGING)) || directory.exists(MARKER);
    if (!names.isEmpty() && !interrupted) {
      throw new PatchgridException(
          "Cannot compact into '%s': it holds %s; choose an empty or new directory as --to"
              .formatted(directory, ResultDirectory.some(names)));
    }
  }

  /** With its file system: what executors are told. */
  public Path directory() {
    return directory.root();
  }

  /** As a user would write it. */
  @Override
  public String toString() {
    return directory.toString();
  }

  /**
   * Makes the directory a study.
   *
   * @param staged all parts of all tables, each once; of equal rows to those of {@code source}
   * @return the files at their final names
   * @throws DamagedFileException if one is not what was reported
   * @throws IllegalStateException if rows are missing or too many
   */
  public List<ResultFile> publish(CompactionSource source, List<ResultFile> staged, Clock clock)
      throws IOException {
    CommittedFiles before = source.files();
    for (ResultTable table : ResultTable.values()) {
      long rows = rows(staged, table);
      if (rows != before.rows(table)) {
        throw new IllegalStateException(
            "%,d rows of %s were read and %,d are to be there"
                .formatted(rows, table.label(), before.rows(table)));
      }
    }
    List<ResultFile> files = moveTables(staged);
    copyAll(source.directory(), ResultDirectory.AGGREGATES);
    copyAll(source.directory(), StageFile.DIRECTORY);
    byte[] text = source.identity().studyText().getBytes(StandardCharsets.UTF_8);
    directory.writeNew(StudyDocument.TEXT, text, run);
    writeManifest(source, before, files, clock);
    directory.writeNew(
        StudyDocument.NAME, StoreJson.document(StudyDocument.of(source.identity())), run);
    directory.clear(ResultDirectory.STAGING);
    return files;
  }

  private static long rows(List<ResultFile> files, ResultTable table) {
    return files.stream().filter(file -> file.table() == table).mapToLong(ResultFile::rows).sum();
  }

  /** A table gets its name when all of it is there. */
  private List<ResultFile> moveTables(List<ResultFile> staged) throws IOException {
    List<ResultFile> files = new ArrayList<>();
    for (ResultTable table : ResultTable.values()) {
      String gathered = run.stagingDirectory() + "/tables/";
      directory.makeDirectory(gathered + table.label());
      for (ResultFile file : staged) {
        if (file.table() == table) {
          Optional<FileStatus> status = directory.status(file.path());
          if (status.isEmpty() || status.get().getLen() != file.bytes()) {
            throw new DamagedFileException(
                "Staged file is not as it was written: " + directory.resolve(file.path()));
          }
          int part = (int) files.stream().filter(other -> other.table() == table).count();
          ResultFile named = file.at(table.partPath(part));
          directory.moveToFreeName(file.path(), gathered + named.path());
          files.add(named);
        }
      }
      directory.moveToFreeName(gathered + table.label(), table.label());
    }
    return files;
  }

  private void copyAll(ResultDirectory source, String folder) throws IOException {
    List<FileStatus> files = source.list(folder).stream().filter(FileStatus::isFile).toList();
    for (FileStatus file : files) {
      String name = folder + "/" + file.getPath().getName();
      directory.makeDirectory(folder);
      directory.copyNew(source, name, run);
    }
  }

  private void writeManifest(
      CompactionSource source, CommittedFiles before, List<ResultFile> files, Clock clock)
      throws IOException {
    directory.makeDirectory(ResultDirectory.MANIFEST);
    ManifestLog log = new ManifestLog(directory, run, clock);
    BitSet listed = new BitSet();
    Manifest.forEach(
        source.directory(),
        entry -> {
          if (entry instanceof ManifestEntry.TaskCommitted task) {
            // What is new since the source was looked at is not in the files; another driver may
            // have listed a task too.
            if (source.manifest().task(task.task()).isPresent() && !listed.get(task.task())) {
              listed.set(task.task());
              log.add(task.withoutFiles());
            }
          } else if (!(entry instanceof ManifestEntry.FilesCompacted)) {
            log.add(entry);
          }
          log.flushIfDue();
        });
    log.add(
        new ManifestEntry.FilesCompacted(
            run.id(), clock.instant().toString(), source.toString(), before.sha256(), files));
    log.flush();
    if (source.directory().exists(StoredStudy.STATUS)) {
      directory.copyNew(source.directory(), StoredStudy.STATUS, run);
    }
  }
}
