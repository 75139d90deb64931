/**
 * The same tables in few large files. Start with {@link org.patchgrid.compact.Compaction}, the
 * Spark jobs; what a compacted directory is, and how it becomes one, is told with {@link
 * org.patchgrid.store.CompactedStudy}.
 *
 * <p>Rows of {@code cells} travel as bytes that sort as they should ({@link
 * org.patchgrid.table.SortableRow}): executors read files and write parts by {@link
 * org.patchgrid.compact.PartTasks}, {@link org.patchgrid.compact.Ranges} sends rows to the part
 * that they belong to, and Spark sorts each part (on disk where memory ends). Files of {@code
 * pairs} are in order already, so whole files are put one after the other. Parts are a function of
 * the files alone, so that the same files give the same parts.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.compact;
