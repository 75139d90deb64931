package org.patchgrid.app;

import java.nio.file.Path;
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

  /** The directory on this host. */
  Path directory() {
    return Models.directory(model);
  }
}
