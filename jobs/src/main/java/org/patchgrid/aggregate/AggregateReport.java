package org.patchgrid.aggregate;

import org.patchgrid.store.AggregateSource;

/**
 * What {@code aggregate} did.
 *
 * @param measurements that were read
 * @param pairs that were measured
 * @param rows of the table
 * @param file where it is
 */
public record AggregateReport(
    String studyId, AggregateSource source, long measurements, int pairs, long rows, String file) {}
