/**
 * Where results live: the directory of a study, and the protocol by which the files of a task
 * become part of it. Start with {@link org.patchgrid.store.ResultStore} (the driver's side, which
 * asks {@link org.patchgrid.store.StudyClaim} whose a directory is and {@link
 * org.patchgrid.store.Resumption} what earlier drivers have left) and {@link
 * org.patchgrid.store.TaskWriter} (the executors'); what is in the files is in {@code
 * org.patchgrid.table}. {@link org.patchgrid.store.Verification} checks a directory, {@link
 * org.patchgrid.store.StoredStudy} reads what one says about itself, and {@link
 * org.patchgrid.store.StudyTables} its rows.
 *
 * <p>The protocol, in order; a driver or an executor may die after any step:
 *
 * <ol>
 *   <li>an executor writes {@code _staging/RUN/TASK-ATTEMPT.*.parquet}, closes the files and
 *       reports sizes and hashes ({@link org.patchgrid.store.StagedTask});
 *   <li>the driver, for the one attempt that Spark accepted, reads the staged files back, checks
 *       size and hash, and checks that the target names are free;
 *   <li>it renames the pairs file, then the cells file: from here on readers see the task;
 *   <li>it lists the task in {@code manifest/RUN-NUMBER.jsonl}, a file written whole and never
 *       changed; the manifest is the union of these files.
 * </ol>
 *
 * <p>Nothing is ever rewritten but {@code manifest/status.json}, and nothing is locked. A task that
 * arrives twice with the same bytes is dropped; with other bytes the study stops ({@link
 * org.patchgrid.store.TaskConflictException}). A cells file that was renamed but not listed is
 * adopted when the study is opened again.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.store;
