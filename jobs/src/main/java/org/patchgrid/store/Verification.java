package org.patchgrid.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.patchgrid.store.VerificationProblem.Kind;
import org.patchgrid.study.CellSelection;
import org.patchgrid.study.Measurement;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.StatisticsNeeded;
import org.patchgrid.table.FooterTag;
import org.patchgrid.table.ParquetFiles;
import org.patchgrid.table.SortedRowsHash;

/**
 * Checks a study's directory against its manifest: every file by its hash, its footer and its
 * number of rows; files that are missing or not listed; and the rows of {@code cells}, whose key
 * must be unique over all files.
 *
 * <p>The hash of the sorted rows is {@link SortedRowsHash} over all listed cells in {@link
 * Measurement#ROW_ORDER}, nulls first. It is the same however the study was cut into tasks and
 * whatever Parquet made of the rows, and different if one bit of one row is. The files are merged,
 * see {@link SortedCells} for what that needs.
 */
public final class Verification {
  private final ResultDirectory directory;
  private final StudyIdentity identity;
  private final Manifest manifest;
  private final List<VerificationProblem> problems = new ArrayList<>();
  private final List<String> soundCells = new ArrayList<>();
  private long files;
  private long pairRows;
  private long cellRows;

  private Verification(ResultDirectory directory, StudyIdentity identity, Manifest manifest) {
    this.directory = directory;
    this.identity = identity;
    this.manifest = manifest;
  }

  /**
   * Reads every byte of the study and changes nothing.
   *
   * @throws PatchgridException if there is no study in the directory, or its manifest is damaged
   * @throws TaskConflictException if the manifest lists a task twice with different bytes
   */
  public static VerificationReport verify(Path path, Configuration configuration)
      throws IOException {
    ResultDirectory directory = ResultDirectory.at(path, configuration);
    StudyDocument study = StudyDocument.require(directory);
    return new Verification(directory, study.identity(), Manifest.read(directory)).report();
  }

  private VerificationReport report() throws IOException {
    checkStudyText();
    Set<String> parts = identity.fingerprintParts().keySet();
    checkStage(StageFile.STATISTICS, parts.contains(StatisticsNeeded.FINGERPRINT_PART));
    // Until the estimates are complete there is no ranking.
    checkStage(
        StageFile.RANKING,
        isComplete()
            && parts.stream().anyMatch(part -> part.startsWith(CellSelection.FINGERPRINT_PART)));
    for (ManifestEntry.TaskCommitted task : manifest.tasks()) {
      for (ResultFile file : task.files()) {
        checkFile(FooterTag.ofTask(identity.fingerprint(), task.task()), file);
      }
    }
    if (manifest.compacted().isPresent()) {
      for (ResultFile file : manifest.compacted().get().files()) {
        int part = file.table().partOf(file.path());
        checkFile(FooterTag.ofPart(identity.fingerprint(), part), file);
      }
    }
    findUnlistedFiles();
    long listedCells =
        manifest.files().stream().filter(file -> file.table() == ResultTable.CELLS).count();
    Optional<String> hash = soundCells.size() == listedCells ? hashSortedRows() : Optional.empty();
    return new VerificationReport(
        identity, files, pairRows, cellRows, manifest.tasksByMachine(), hash, problems);
  }

  private void checkStudyText() throws IOException {
    String name = StudyDocument.TEXT;
    if (!directory.exists(name)) {
      report(Kind.MISSING, name, "is missing");
      return;
    }
    String text = new String(directory.read(name), StandardCharsets.UTF_8);
    if (!text.equals(identity.studyText())) {
      report(Kind.STUDY_TEXT_CHANGED, name, "was changed after the study began");
    }
  }

  private boolean isComplete() {
    return StoredStudy.tasks(manifest.summary())
        .filter(Integer.toString(manifest.tasks().size())::equals)
        .isPresent();
  }

  private <C> void checkStage(StageFile<C> stage, boolean needed) throws IOException {
    try {
      if (stage.read(directory, identity.fingerprint()).isEmpty()
          && needed
          && !manifest.tasks().isEmpty()) {
        report(Kind.MISSING, stage.name(), "is missing");
      }
    } catch (PatchgridException e) {
      report(Kind.DAMAGED, stage.name(), "was changed, cut short, or is another study's");
    }
  }

  private void checkFile(FooterTag tag, ResultFile file) throws IOException {
    files++;
    String path = file.path();
    Optional<FileStatus> status = directory.status(path);
    if (status.isEmpty()) {
      report(Kind.MISSING, path, "is listed but missing");
      return;
    }
    if (differs(Kind.DAMAGED, path, "%d bytes", status.get().getLen(), file.bytes())
        || differs(Kind.DAMAGED, path, "SHA-256 %s", directory.sha256(path), file.sha256())) {
      return;
    }
    ParquetMetadata footer = ParquetFiles.footer(directory.input(path), directory.configuration());
    if (!tag.matches(footer.getFileMetaData().getKeyValueMetaData())) {
      report(Kind.DAMAGED, path, "says that it is another file, or of another study");
      return;
    }
    long rows = ParquetFiles.rows(footer);
    if (differs(Kind.WRONG_ROWS, path, "%d rows", rows, file.rows())) {
      return;
    }
    if (file.table() == ResultTable.CELLS) {
      cellRows += rows;
      soundCells.add(path);
    } else {
      pairRows += rows;
    }
  }

  private boolean differs(Kind kind, String file, String what, Object found, Object listed) {
    if (found.equals(listed)) {
      return false;
    }
    report(kind, file, "has %s, the manifest says %s".formatted(what.formatted(found), listed));
    return true;
  }

  private void findUnlistedFiles() throws IOException {
    Set<String> listed = new TreeSet<>();
    manifest.files().forEach(file -> listed.add(file.path()));
    for (ResultTable table : ResultTable.values()) {
      for (FileStatus file : directory.list(table.label())) {
        String path = table.label() + "/" + file.getPath().getName();
        if (!listed.contains(path)) {
          report(
              Kind.UNLISTED,
              path,
              "is not listed in the manifest; running the study again adopts it if it is its own");
        }
      }
    }
  }

  /** Empty, with one problem reported, at the first row that is out of order or there twice. */
  private Optional<String> hashSortedRows() throws IOException {
    SortedRowsHash hash = new SortedRowsHash();
    Optional<SortedCells.FileRow> previous = Optional.empty();
    try (SortedCells rows = new SortedCells(directory, soundCells)) {
      for (Optional<SortedCells.FileRow> row = rows.next(); row.isPresent(); row = rows.next()) {
        if (previous.isPresent() && !isAfter(previous.get(), row.get())) {
          return Optional.empty();
        }
        hash.add(row.get().row());
        previous = row;
      }
    }
    return Optional.of(hash.end());
  }

  private boolean isAfter(SortedCells.FileRow previous, SortedCells.FileRow row) {
    Measurement measurement = row.row().measurement();
    int order = Measurement.ROW_ORDER.compare(previous.row().measurement(), measurement);
    if (order < 0) {
      return true;
    }
    String key = measurement.cell() + " " + measurement.metric().label();
    report(
        Kind.WRONG_ROWS,
        row.file(),
        order == 0
            ? "has a row that " + previous.file() + " has too: " + key
            : "has a row out of order: " + key);
    return false;
  }

  private void report(Kind kind, String file, String detail) {
    problems.add(new VerificationProblem(kind, file, detail));
  }
}
