package org.patchgrid.app;

import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.patchgrid.execute.ModelLocation;
import picocli.CommandLine.Option;

/** The option {@code --model} of commands that need one. */
final class ModelOption {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "model directory, a URI of one, or hf:ORG/NAME of the local Hugging Face cache")
  private String model = "";

  /** As it was given. */
  String name() {
    return model;
  }

  Path directory() {
    return directory(model);
  }

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
