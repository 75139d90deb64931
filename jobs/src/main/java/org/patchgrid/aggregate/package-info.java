/**
 * From measurements to statistics: the table {@code aggregates}. Start with {@link
 * org.patchgrid.aggregate.Aggregation}, the Spark jobs; the numbers are made in {@link
 * org.patchgrid.aggregate.RecoveryStatistics} (one group) and {@link
 * org.patchgrid.aggregate.Families} (a group among the others), and know no Spark.
 *
 * <p>Three steps, with a sort between each two: {@link org.patchgrid.aggregate.ReadCells} turns
 * files into chunks of a group's measurements, {@link org.patchgrid.aggregate.SummarizeGroups}
 * turns a group's chunks into numbers, {@link org.patchgrid.aggregate.WriteAggregates} compares the
 * groups of one sweep and metric and writes the one file.
 *
 * <p>Why the bytes are the same however Spark cuts the work: a group's values are put in the order
 * of the pairs' ids (and sites) before anything is summed, what is drawn at random is a function of
 * the seed and the number of pairs, and the file is written in the order of the groups.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.aggregate;
