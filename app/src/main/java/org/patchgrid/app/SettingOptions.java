package org.patchgrid.app;

import java.util.ArrayList;
import java.util.List;
import org.patchgrid.conf.StudyOverrides.Setting;
import picocli.CommandLine.Option;

/** What a command changes of the study file that it is given. */
final class SettingOptions {
  @Option(
      names = "--set",
      paramLabel = "key=value",
      description = "changes a key of the study, as in sweep.layers=0-2; may be given again")
  private List<String> assignments = new ArrayList<>();

  boolean areGiven() {
    return !assignments.isEmpty();
  }

  List<Setting> settings() {
    return assignments.stream().map(Setting::ofSet).toList();
  }
}
