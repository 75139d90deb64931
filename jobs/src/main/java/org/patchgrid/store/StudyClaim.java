package org.patchgrid.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.patchgrid.study.PatchgridException;

/** Whether a directory is a study's, or free to become it: decided before anything is written. */
public final class StudyClaim {
  private StudyClaim() {}

  /**
   * Looks whether {@link ResultStore#open} would take a directory, and changes nothing.
   *
   * @throws PatchgridException if the directory holds another study, other files, or a compacted
   *     study
   */
  public static void requireFree(Path path, Configuration configuration, StudyIdentity identity)
      throws IOException {
    ResultDirectory directory = ResultDirectory.at(path, configuration);
    Optional<StudyDocument> stored = StudyDocument.read(directory);
    if (stored.isEmpty()) {
      refuseForeignFiles(directory);
      return;
    }
    requireSame(directory, stored.get().identity(), identity);
    refuseCompacted(directory, Manifest.read(directory));
  }

  /** Makes sure that the directory is this study's, and returns the identity it was made with. */
  static StudyIdentity claim(ResultDirectory directory, StudyIdentity identity, DriverRun run)
      throws IOException {
    if (StudyDocument.read(directory).isEmpty()) {
      refuseForeignFiles(directory);
      directory.makeDirectory(ResultDirectory.MANIFEST);
      byte[] document = StoreJson.document(StudyDocument.of(identity));
      directory.writeUnlessThere(StudyDocument.NAME, document, run);
    }
    // Read back: of two drivers that began together, one finds the other's study here.
    StudyIdentity stored =
        StudyDocument.read(directory)
            .orElseThrow(() -> new IOException("Cannot find " + StudyDocument.NAME))
            .identity();
    requireSame(directory, stored, identity);
    if (!directory.exists(StudyDocument.TEXT)) {
      byte[] text = stored.studyText().getBytes(StandardCharsets.UTF_8);
      directory.writeUnlessThere(StudyDocument.TEXT, text, run);
    }
    return stored;
  }

  /** A run that died before its first rename leaves an empty manifest and a staging directory. */
  private static void refuseForeignFiles(ResultDirectory directory) throws IOException {
    Optional<FileStatus> root = directory.rootStatus();
    if (root.isEmpty()) {
      return;
    }
    if (root.get().isFile()) {
      throw new PatchgridException(
          "Cannot write results to '%s': it is a file; choose another --out".formatted(directory));
    }
    List<String> foreign = new ArrayList<>();
    for (FileStatus entry : directory.list()) {
      String name = entry.getPath().getName();
      boolean ours =
          name.equals(ResultDirectory.STAGING)
              || (name.equals(ResultDirectory.MANIFEST) && directory.list(name).isEmpty());
      if (!ours) {
        foreign.add(name);
      }
    }
    // Another driver may have begun the study while we looked.
    if (!foreign.isEmpty() && !directory.exists(StudyDocument.NAME)) {
      throw new PatchgridException(
          "Cannot write results to '%s': it holds %s but no study; choose an empty or new directory as --out"
              .formatted(directory, ResultDirectory.some(foreign)));
    }
  }

  static void refuseCompacted(ResultDirectory directory, Manifest manifest) {
    if (manifest.compacted().isPresent()) {
      throw new PatchgridException(
          "Cannot run into '%s': it is a compacted copy of '%s', which takes no more tasks; run into that directory, or choose another --out"
              .formatted(directory, manifest.compacted().get().source()));
    }
  }

  private static void requireSame(
      ResultDirectory directory, StudyIdentity stored, StudyIdentity wanted) {
    if (stored.fingerprint().equals(wanted.fingerprint())) {
      return;
    }
    Set<String> parts = wanted.differingParts(stored);
    throw new PatchgridException(
        "Cannot use '%s': it holds study '%s' with fingerprint %s, not '%s' with fingerprint %s%s; choose another --out"
            .formatted(
                directory,
                stored.studyId(),
                stored.fingerprint(),
                wanted.studyId(),
                wanted.fingerprint(),
                parts.isEmpty() ? "" : " (they differ in: " + String.join(", ", parts) + ")"));
  }
}
