/**
 * A study's results as report and dashboard ask them: the relations that queries read, whether the
 * statistics are there, stale or missing. Start with {@link org.patchgrid.results.StudyResults}.
 */
@NullMarked
package org.patchgrid.results;

import org.jspecify.annotations.NullMarked;
