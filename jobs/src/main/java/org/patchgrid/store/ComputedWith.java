package org.patchgrid.store;

import java.io.Serializable;

/**
 * What decides the last bits of a task's numbers beside the study.
 *
 * @param kernel library, version, flavour, number type and kernel; the same in all tasks of a study
 * @param processor the kind of processor, which tasks may differ in
 */
public record ComputedWith(String kernel, String processor) implements Serializable {
  /** Of a task whose files were found without their driver's word. */
  static final ComputedWith UNKNOWN = new ComputedWith("unknown", "unknown");
}
