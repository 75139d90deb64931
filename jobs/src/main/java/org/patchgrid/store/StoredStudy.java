package org.patchgrid.store;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.patchgrid.study.PatchgridException;

/**
 * What a directory says of the study in it, read once and without changing anything: for {@code
 * status}, and to learn on resume what {@code auto} was resolved to.
 *
 * @param lastStatus how the last run that ended in order did
 * @param compaction what it was made of, if it is a compacted study
 */
public record StoredStudy(
    StudyIdentity identity,
    StoreSummary summary,
    Optional<RunStatus> lastStatus,
    Optional<CompactionOrigin> compaction) {
  /** Name of a detail of a run: how many tasks the study has. */
  public static final String TASKS = "tasks";

  static final String STATUS = ResultDirectory.MANIFEST + "/status.json";

  /** How many tasks the study has in all, if a run has said so. */
  public Optional<String> tasks() {
    return tasks(summary);
  }

  static Optional<String> tasks(StoreSummary summary) {
    return summary.runs().stream()
        .flatMap(run -> Optional.ofNullable(run.get(TASKS)).stream())
        .findFirst();
  }

  /** Empty if the directory is absent or holds no study. */
  public static Optional<StoredStudy> find(Path path, Configuration configuration)
      throws IOException {
    ResultDirectory directory = ResultDirectory.at(path, configuration);
    Optional<StudyDocument> document = StudyDocument.read(directory);
    if (document.isEmpty()) {
      return Optional.empty();
    }
    Manifest manifest = Manifest.read(directory);
    return Optional.of(
        new StoredStudy(
            document.get().identity(),
            manifest.summary(),
            readStatus(directory),
            manifest.compacted().map(ManifestEntry.FilesCompacted::origin)));
  }

  /**
   * Reads the study of a directory that should have one.
   *
   * @throws PatchgridException if there is no study in the directory
   */
  public static StoredStudy read(Path path, Configuration configuration) throws IOException {
    Optional<StoredStudy> study = find(path, configuration);
    return study.orElseThrow(() -> noStudy(path.toString()));
  }

  static PatchgridException noStudy(String directory) {
    return new PatchgridException(
        "No study in '%s': it has no %s; name a directory that was the --out of a run"
            .formatted(directory, StudyDocument.NAME));
  }

  private static Optional<RunStatus> readStatus(ResultDirectory directory) throws IOException {
    if (!directory.exists(STATUS)) {
      return Optional.empty();
    }
    return Optional.of(
        StoreJson.read(
            directory.read(STATUS),
            RunStatus.class,
            STATUS,
            directory.toString(),
            "remove it, the next run writes it again"));
  }
}
