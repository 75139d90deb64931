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
  private static final int FORMAT_VERSION = 1;

  static StudyDocument of(StudyIdentity identity) {
    return new StudyDocument(FORMAT_VERSION, identity);
  }

  /**
   * Reads the document of a directory that has one.
   *
   * @throws PatchgridException if it is damaged or of a newer version
   */
  static Optional<StudyDocument> read(ResultDirectory directory) throws IOException {
    if (!directory.exists(NAME)) {
      return Optional.empty();
    }
    byte[] content = directory.read(NAME);
    StudyDocument document;
    try {
      document = StoreJson.read(content, StudyDocument.class);
    } catch (IOException e) {
      throw new PatchgridException(
          "Cannot read '"
              + NAME
              + "' in '"
              + directory
              + "': it is damaged; restore it from a copy, or choose another --out",
          e);
    }
    if (document.formatVersion() != FORMAT_VERSION) {
      throw new PatchgridException(
          "Cannot use '"
              + directory
              + "': its results have format "
              + document.formatVersion()
              + ", this version of Patchgrid knows format "
              + FORMAT_VERSION
              + "; use the version that wrote them");
    }
    return Optional.of(document);
  }
}
