package org.patchgrid.execute;

import java.io.Serializable;
import org.patchgrid.experiment.TaskModel;
import org.patchgrid.store.ComputedWith;
import org.patchgrid.study.Device;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Kernel;

/**
 * Which model an executor is to hold.
 *
 * @param fingerprint of the files the driver saw there
 * @param kernel the study's
 * @param dtype the study's
 * @param device the study's
 * @param kernelThere how the kernel describes itself on the driver; the processor is no part of it
 */
public record ModelRef(
    ModelLocation location,
    String fingerprint,
    Kernel kernel,
    Dtype dtype,
    Device device,
    String kernelThere)
    implements Serializable {

  /** What this machine computes with, once it has the model. */
  ComputedWith computedBy(TaskModel model) {
    return new ComputedWith(kernelThere, model.processor());
  }
}
