package org.patchgrid.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Path;
import org.patchgrid.study.PatchgridException;

/** What users are told when a file of a model cannot be read at all. */
final class FileErrors {
  private FileErrors() {}

  static PatchgridException cannotRead(Path path, IOException e) {
    return new PatchgridException(
        "Cannot read %s (%s: %s): check that the file is there and readable"
            .formatted(path, e.getClass().getSimpleName(), e.getMessage()),
        e);
  }

  /** Jackson's reason on one line, without the excerpt that its message ends with. */
  static String reason(JsonProcessingException e) {
    return e.getOriginalMessage().replaceAll("\\s+", " ");
  }
}
