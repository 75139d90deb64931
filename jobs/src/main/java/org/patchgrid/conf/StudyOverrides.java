package org.patchgrid.conf;

import java.util.List;
import java.util.Optional;

/**
 * What the command line changes in a study. A setting beats {@code --out}, which beats the file.
 *
 * @param settings of two settings of one key the later wins
 * @param out as given to {@code --out}: the output path
 */
public record StudyOverrides(List<Setting> settings, Optional<String> out) {
  public StudyOverrides {
    settings = List.copyOf(settings);
  }

  /**
   * One key of a study and its value.
   *
   * @param option what the user typed, for messages; begins with {@code --}
   * @param assignment {@code key=value}: a value that begins with {@code [}, <code>{</code> or
   *     {@code "} is HOCON, any other is taken as it is, so that a URI needs no quotes
   */
  public record Setting(String option, String assignment) {
    /** As given to {@code --set}. */
    public static Setting ofSet(String assignment) {
      return new Setting("--set " + assignment, assignment);
    }
  }

  /** Settings as given to {@code --set}, and an output path. */
  public static StudyOverrides of(List<String> assignments, Optional<String> out) {
    return new StudyOverrides(assignments.stream().map(Setting::ofSet).toList(), out);
  }
}
