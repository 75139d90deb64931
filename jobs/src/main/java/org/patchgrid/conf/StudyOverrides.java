package org.patchgrid.conf;

import java.util.List;
import java.util.Optional;

/**
 * What the command line changes in a study. A setting beats {@code --out}, which beats the file.
 *
 * @param settings {@code key=value} as given to {@code --set}: a value that begins with {@code [},
 *     <code>{</code> or {@code "} is HOCON, any other is taken as it is, so that a URI needs no
 *     quotes; of two settings of one key the later wins
 * @param out as given to {@code --out}: the output path
 */
public record StudyOverrides(List<String> settings, Optional<String> out) {
  public StudyOverrides {
    settings = List.copyOf(settings);
  }

  /** No change. */
  public static StudyOverrides none() {
    return new StudyOverrides(List.of(), Optional.empty());
  }
}
