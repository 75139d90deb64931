package org.patchgrid.execute;

import java.nio.file.Path;
import org.patchgrid.experiment.ModelDescription;

/** A model on a disk of this host, and what was read there. */
public record HostedModel(Path directory, ModelDescription description) {
  static HostedModel in(Path directory) {
    return new HostedModel(directory, ModelDescription.read(directory));
  }
}
