package org.patchgrid.store;

import java.util.List;
import java.util.Optional;

/**
 * What a verification found.
 *
 * @param files number of files that were checked
 * @param pairRows rows of all pairs files that are as committed, by their footers
 * @param cellRows the same of the cells files
 * @param sortedRowsHash see {@link Verification}; empty if a cells file has a problem
 */
public record VerificationReport(
    StudyIdentity identity,
    long files,
    long pairRows,
    long cellRows,
    Optional<String> sortedRowsHash,
    List<VerificationProblem> problems) {
  public VerificationReport {
    problems = List.copyOf(problems);
  }

  public boolean passed() {
    return problems.isEmpty();
  }
}
