package org.patchgrid.execute;

import java.io.Serializable;
import org.patchgrid.experiment.AuditException;
import org.patchgrid.store.StagedTask;
import org.patchgrid.study.PatchgridException;

/** What an executor tells the driver while it works through a partition. */
sealed interface TaskReport extends Serializable {
  /**
   * Does nothing unless the report ends the study.
   *
   * @throws PatchgridException for what the user has to mend
   * @throws AuditException for an audit that disagrees
   */
  default void throwIfProblem() {
    if (this instanceof UserProblem problem) {
      throw new PatchgridException(problem.message());
    }
    if (this instanceof AuditDisagreement audit) {
      throw new AuditException(audit.message());
    }
  }

  /** A task's files are staged and closed. */
  record Done(StagedTask staged) implements TaskReport {}

  /** The user has to mend something before this study can go on. */
  record UserProblem(String message) implements TaskReport {}

  /** A cell came out differently when it was repeated: nothing here may be trusted. */
  record AuditDisagreement(String message) implements TaskReport {}

  record ModelLoaded(String executor) implements TaskReport {}

  /** What a block adds to a sum over all of them. */
  record BlockSummed(int block, Serializable sum) implements TaskReport {}
}
