package org.patchgrid.input;

import java.net.URI;
import org.apache.hadoop.fs.Path;
import org.patchgrid.study.PatchgridException;

/** Paths as users type them. */
public final class HadoopPaths {
  private HadoopPaths() {}

  /**
   * The path that {@code text} spells.
   *
   * @param what the text is, for the message: "the directory"
   * @throws PatchgridException if it is blank, no path, or names a host of the local file system
   */
  public static Path parse(String what, String text) {
    if (text.isBlank()) {
      throw new PatchgridException("The path of " + what + " is blank: give one");
    }
    try {
      Path path = new Path(text);
      URI uri = path.toUri();
      if ("file".equals(uri.getScheme()) && uri.getAuthority() != null) {
        throw new PatchgridException(
            "Cannot use '%s' as the path of %s: '%s' is the name of a host there; write file:///DIRECTORY, or the path without file:"
                .formatted(text, what, uri.getAuthority()));
      }
      return path;
    } catch (IllegalArgumentException e) {
      throw new PatchgridException(
          "Cannot use '%s' as the path of %s: it is neither a path nor a URI; put ./ before a name with a colon"
              .formatted(text, what),
          e);
    }
  }
}
