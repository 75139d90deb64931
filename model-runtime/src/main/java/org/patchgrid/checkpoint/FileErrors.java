package org.patchgrid.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Reason;

/** What users are told when a file of a model cannot be read at all. */
final class FileErrors {
  private FileErrors() {}

  /**
   * What is there has to be a file: opening a pipe would wait, and a device never ends.
   *
   * @throws PatchgridException if it is something else; nothing is said of what is not there
   */
  static void requireFile(Path path) {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new PatchgridException(
          "Cannot use %s: it is not a file; put the file itself there".formatted(path));
    }
  }

  static PatchgridException cannotRead(Path path, IOException e) {
    return new PatchgridException(
        "Cannot read %s: %s; check that the file is there and that you may read it"
            .formatted(path, Reason.of(e)),
        e);
  }

  /** Jackson's reason on one line, without the excerpt that its message ends with. */
  static String reason(JsonProcessingException e) {
    return e.getOriginalMessage().replaceAll("\\s+", " ");
  }
}
