package org.patchgrid.conf;

import org.patchgrid.study.Device;

/**
 * The model of a study.
 *
 * @param path a directory, any URI that Hadoop's FileSystem knows, or {@code hf:ORG/NAME}; as
 *     written in the study
 * @param dtype number type of weights and activations: {@code float32}
 * @param device where it runs
 */
public record ModelConfig(String path, String dtype, Device device) {
  public static final String DEFAULT_DTYPE = "float32";
  public static final Device DEFAULT_DEVICE = Device.CPU;

  public ModelConfig {
    if (path.isBlank()) {
      throw new IllegalArgumentException("A model needs a path");
    }
  }
}
