package org.patchgrid.aggregate;

import java.util.List;
import org.patchgrid.table.AggregateSource;

/**
 * What {@code aggregate} did.
 *
 * @param measurements that were read
 * @param pairs that were measured
 * @param rows of the table
 * @param file where it is
 * @param warnings what looks wrong with the numbers, a sentence each
 */
public record AggregateReport(
    String studyId,
    AggregateSource source,
    long measurements,
    int pairs,
    long rows,
    String file,
    List<String> warnings) {
  public AggregateReport {
    warnings = List.copyOf(warnings);
  }
}
