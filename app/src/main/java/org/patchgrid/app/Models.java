package org.patchgrid.app;

import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.patchgrid.execute.ModelLocation;

/** What {@code --model} names. */
final class Models {
  private Models() {}

  /**
   * The directory on this host.
   *
   * @param model a directory, a URI of one, or {@code hf:ORG/NAME}
   */
  static Path directory(String model) {
    Configuration hadoop = new Configuration();
    return ModelLocation.of(model, hadoop).directoryOnThisHost(hadoop);
  }
}
