package org.patchgrid.execute;

import org.apache.hadoop.fs.Path;
import org.patchgrid.study.PatchgridException;

/** Paths as users type them. */
public final class HadoopPaths {
  private HadoopPaths() {}

  /**
   * The path that {@code text} spells.
   *
   * @param what the text is, for the message: "the directory"
   * @throws PatchgridException if it is blank or no path
   */
  public static Path parse(String what, String text) {
    if (text.isBlank()) {
      throw new PatchgridException("The path of " + what + " is blank: give one");
    }
    try {
      return new Path(text);
    } catch (IllegalArgumentException e) {
      throw new PatchgridException(
          "Cannot use '%s' as the path of %s: it is neither a path nor a URI; put ./ before a name with a colon"
              .formatted(text, what),
          e);
    }
  }
}
