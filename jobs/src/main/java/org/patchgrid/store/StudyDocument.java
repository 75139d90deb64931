package org.patchgrid.store;

import java.io.IOException;
import java.util.Optional;
import org.patchgrid.study.PatchgridException;

/**
 * The content of {@code manifest/study.json}, the file that makes a directory a study's. {@code
 * study.conf} beside it is a copy of the text for people.
 */
record StudyDocument(int formatVersion, StudyIdentity identity) {
  static final String NAME = ResultDirectory.MANIFEST + "/study.json";
  static final String TEXT = "study.conf";

  /** Changes with the shape of what the manifest's files say; {@code ManifestFormatTest} minds. */
  private static final int FORMAT_VERSION = 2;

  static StudyDocument of(StudyIdentity identity) {
    return new StudyDocument(FORMAT_VERSION, identity);
  }

  /**
   * Reads the document, if the directory has one.
   *
   * @throws PatchgridException if it is damaged or of another version
   */
  static Optional<StudyDocument> read(ResultDirectory directory) throws IOException {
    if (!directory.exists(NAME)) {
      return Optional.empty();
    }
    byte[] content = directory.read(NAME);
    requireFormat(read(content, Format.class, directory), directory);
    return Optional.of(read(content, StudyDocument.class, directory));
  }

  /**
   * Reads the document of a directory that should have one.
   *
   * @throws PatchgridException if there is no study, or as {@link #read} does
   */
  static StudyDocument require(ResultDirectory directory) throws IOException {
    return read(directory).orElseThrow(() -> StoredStudy.noStudy(directory.toString()));
  }

  private static <T> T read(byte[] content, Class<T> type, ResultDirectory directory) {
    return StoreJson.read(
        content,
        type,
        NAME,
        directory.toString(),
        "restore it from a copy, or choose another --out");
  }

  private static void requireFormat(Format format, ResultDirectory directory) {
    if (format.formatVersion() != FORMAT_VERSION) {
      throw new PatchgridException(
          "Cannot use '%s': another version of Patchgrid wrote its results, in format %d, and this one knows format %d; use the version that wrote them, or choose another --out"
              .formatted(directory, format.formatVersion(), FORMAT_VERSION));
    }
  }

  /** What the document of every version has. */
  private record Format(int formatVersion) {}
}
