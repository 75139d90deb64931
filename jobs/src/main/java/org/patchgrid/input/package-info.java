/**
 * Prompt sets: JSON lines, CSV or Parquet, anywhere that Hadoop's FileSystem reaches. Start with
 * {@link org.patchgrid.input.PromptSetReader}: the driver scans a set once, executors then read
 * ranges of it by the {@link org.patchgrid.input.PromptIndex} that the scan made. The three formats
 * give equal pairs for equal content, since each only makes fields of its records and one class
 * makes pairs of the fields. No Spark.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.input;
