package org.patchgrid.table;

import java.io.Serializable;

/**
 * The numbers of one group under one measure, over its pairs. What is undefined is NaN here and
 * null in the table, where {@code docs/results.md} says what each column means.
 *
 * @param pairs whose measure is defined
 */
public record GroupStatistics(
    int pairs,
    double mean,
    double standardDeviation,
    double tLow,
    double tHigh,
    double bootstrapLow,
    double bootstrapHigh,
    double minimum,
    double quantile05,
    double quantile25,
    double median,
    double quantile75,
    double quantile95,
    double maximum,
    double averageTotalEffect,
    double averageIndirectEffect,
    double ratioOfMeans,
    double ratioOfMeansLow,
    double ratioOfMeansHigh,
    double pValue)
    implements Serializable {}
