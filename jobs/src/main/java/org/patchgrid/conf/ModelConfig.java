package org.patchgrid.conf;

import org.patchgrid.study.Device;
import org.patchgrid.study.Dtype;

/**
 * The model of a study.
 *
 * @param path a directory, any URI that Hadoop's FileSystem knows, or {@code hf:ORG/NAME}; as
 *     written in the study
 * @param dtype what its layers are computed in
 * @param device where it runs
 */
public record ModelConfig(String path, Dtype dtype, Device device) {
  public static final Dtype DEFAULT_DTYPE = Dtype.FLOAT32;
  public static final Device DEFAULT_DEVICE = Device.CPU;

  public ModelConfig {
    if (path.isBlank()) {
      throw new IllegalArgumentException("A model needs a path");
    }
  }
}
