/**
 * The query files of {@code conf/queries} ({@link org.patchgrid.query.QueryFile}), and the engine
 * that answers them on this machine ({@link org.patchgrid.query.ResultQueries}). Knows neither
 * Spark nor Hadoop: results are in a local directory.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.query;
