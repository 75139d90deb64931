package org.patchgrid.conf;

import java.util.LinkedHashSet;
import java.util.Set;
import org.patchgrid.study.OneLine;
import org.patchgrid.study.PatchgridException;

/**
 * Collects what is wrong, so that a user sees all of it at once. Each problem is one line that says
 * what, where and how to mend it; the same line is reported once.
 */
public final class Problems {
  private final Set<String> lines = new LinkedHashSet<>();

  public void add(String problem) {
    // Messages of libraries may have several lines; a problem of ours never has.
    lines.add(OneLine.of(problem.strip()));
  }

  public int count() {
    return lines.size();
  }

  /**
   * Does nothing if there is no problem.
   *
   * @throws PatchgridException with one line a problem, in the order in which they were found
   */
  public void throwIfAny() {
    if (!lines.isEmpty()) {
      throw new PatchgridException(String.join("\n", lines));
    }
  }
}
