package org.patchgrid.tokenize;

import org.patchgrid.study.PairStatus;

/**
 * Ends the reading of one pair: the message becomes the pair's reason. Never leaves this package.
 */
final class UnusablePair extends Exception {
  private static final long serialVersionUID = 1;

  private final PairStatus status;

  UnusablePair(PairStatus status, String reason) {
    super(reason, null, false, false); // no stack trace: it tells about data, not about code
    this.status = status;
  }

  PairStatus status() {
    return status;
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
