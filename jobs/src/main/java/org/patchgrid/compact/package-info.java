/**
 * The same tables in few large files. Start with {@link org.patchgrid.compact.Compaction}, the
 * Spark jobs; what a compacted directory is, and how it becomes one, is told with {@link
 * org.patchgrid.store.CompactedStudy}.
 *
 * <p>Rows of {@code cells} travel as bytes that sort as they should ({@link
 * org.patchgrid.table.SortableRow}): {@link org.patchgrid.compact.ReadCellRows} reads files, {@link
 * org.patchgrid.compact.KeyRanges} sends rows to the part that they belong to, Spark sorts each
 * part (on disk where memory ends), {@link org.patchgrid.compact.WriteCellParts} writes it. Files
 * of {@code pairs} are in order already, so {@link org.patchgrid.compact.ReadPairFiles} and {@link
 * org.patchgrid.compact.WritePairParts} put whole files one after the other. Parts are a function
 * of the files alone, so that the same files give the same parts.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.compact;
