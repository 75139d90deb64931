/**
 * The tables of a study: their columns, how rows become Parquet files and are read back. Start with
 * {@link org.patchgrid.table.CellTable}, {@link org.patchgrid.table.PairTable} and {@link
 * org.patchgrid.table.AggregateTable}; {@link org.patchgrid.table.CellScan} reads cells, and {@link
 * org.patchgrid.table.ParquetFiles} fixes every setting that can change a byte. Where the files of
 * a study lie, and when they count, only {@code org.patchgrid.store} knows.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.table;
