/** The mains of spark-submit. Start with {@link org.patchgrid.jobs.PatchStudyJob}. */
@org.jspecify.annotations.NullMarked
package org.patchgrid.jobs;
