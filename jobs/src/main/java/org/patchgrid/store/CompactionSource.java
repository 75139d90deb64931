package org.patchgrid.store;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.patchgrid.study.PatchgridException;

/** A study that is to be compacted, as its manifest was at one moment. */
public final class CompactionSource {
  private final ResultDirectory directory;
  private final StudyIdentity identity;
  private final Manifest manifest;

  private CompactionSource(ResultDirectory directory, StudyIdentity identity, Manifest manifest) {
    this.directory = directory;
    this.identity = identity;
    this.manifest = manifest;
  }

  /**
   * Reads the manifest of a study.
   *
   * @param unfinished whether a study may be compacted that has not ended
   * @throws PatchgridException if there is no study in the directory, its manifest is damaged, none
   *     of its tasks is stored, or it has not ended and that is not allowed
   */
  public static CompactionSource read(Path path, Configuration configuration, boolean unfinished)
      throws IOException {
    ResultDirectory directory = ResultDirectory.at(path, configuration);
    StudyDocument study = StudyDocument.require(directory);
    Manifest manifest = Manifest.read(directory);
    CompactionSource source = new CompactionSource(directory, study.identity(), manifest);
    if (manifest.tasks().isEmpty()) {
      throw new PatchgridException(
          "Cannot compact '%s': no task of the study is stored yet; run it first"
              .formatted(directory));
    }
    if (!unfinished) {
      source.requireEnded(StoredStudy.tasks(manifest.summary()));
    }
    return source;
  }

  /** All tasks are stored, or given up in a run that ended. */
  private void requireEnded(Optional<String> all) {
    int stored = manifest.tasks().size();
    int givenUp = manifest.summary().quarantined().size();
    boolean stopped = all.map(Integer::valueOf).map(tasks -> stored + givenUp < tasks).orElse(true);
    boolean ended = !stopped || manifest.compacted().isPresent();
    if (!ended) {
      throw new PatchgridException(
          "Cannot compact '%s': %,d of %s tasks of the study are stored; run it again to complete it, or compact what is there by --unfinished (a compacted study takes no more tasks)"
              .formatted(directory, stored, all.orElse("an unknown number of")));
    }
  }

  public StudyIdentity identity() {
    return identity;
  }

  public CommittedFiles files() {
    return CommittedFiles.of(identity, manifest);
  }

  /** As a user would write it. */
  @Override
  public String toString() {
    return directory.toString();
  }

  ResultDirectory directory() {
    return directory;
  }

  Manifest manifest() {
    return manifest;
  }
}
