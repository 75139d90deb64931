package org.patchgrid.store;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a verification found.
 *
 * @param files number of files that were checked
 * @param pairRows rows of all pairs files that are as committed, by their footers
 * @param cellRows the same of the cells files
 * @param tasksByMachine the numbers of tasks by what they were computed with, in order of the first
 *     one; more than one kind of processor is allowed, and may have given other last bits
 * @param sortedRowsHash see {@link Verification}; empty if a cells file has a problem
 */
public record VerificationReport(
    StudyIdentity identity,
    long files,
    long pairRows,
    long cellRows,
    Map<ComputedWith, List<Integer>> tasksByMachine,
    Optional<String> sortedRowsHash,
    List<VerificationProblem> problems) {
  public VerificationReport {
    tasksByMachine = Collections.unmodifiableMap(new LinkedHashMap<>(tasksByMachine));
    problems = List.copyOf(problems);
  }

  public boolean passed() {
    return problems.isEmpty();
  }
}
