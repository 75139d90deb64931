/**
 * The report of a study: one HTML file that needs nothing else. Start with {@link
 * org.patchgrid.report.ReportWriter}.
 */
@NullMarked
package org.patchgrid.report;

import org.jspecify.annotations.NullMarked;
