/**
 * Prompt sets: JSON lines, CSV, Parquet or JSON documents, anywhere that Hadoop's FileSystem
 * reaches. Start with {@link org.patchgrid.input.PromptSetReader}: the driver scans a set once,
 * executors then read ranges of it by the {@link org.patchgrid.input.PromptIndex} that the scan
 * made. Whatever a file is made of, its records become objects; a {@link
 * org.patchgrid.input.PromptDialect} makes Patchgrid's fields of them, and one class makes pairs of
 * the fields. No Spark.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.input;
