package org.patchgrid.experiment;

/**
 * An audited cell came out differently when it was repeated by one forward pass of its own: a bug
 * of ours or a machine that computes wrongly. Nothing that the task measured may be kept, and no
 * attempt that happens to agree makes it right.
 */
public final class AuditException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  public AuditException(String message) {
    super(message);
  }
}
