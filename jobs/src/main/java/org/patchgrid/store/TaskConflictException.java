package org.patchgrid.store;

import org.patchgrid.study.PatchgridException;

/**
 * One task of one study gave different bytes twice. The study must stop: its results depend on
 * something that the fingerprint does not know, and neither file can be called right.
 */
public final class TaskConflictException extends PatchgridException {
  private static final long serialVersionUID = 1;

  TaskConflictException(String directory, String file, String oneHash, String otherHash) {
    super(
        "Task gave other bytes than before: %s in '%s' has SHA-256 %s and another attempt %s; machines or libraries differ between the attempts: start again with another --out on machines of one kind"
            .formatted(file, directory, oneHash, otherHash));
  }
}
