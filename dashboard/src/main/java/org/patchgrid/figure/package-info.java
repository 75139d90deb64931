/**
 * Charts as SVG text, made without a browser, so that a report is complete on paper and without
 * scripts. Start with {@link org.patchgrid.figure.LayerChart} and {@link
 * org.patchgrid.figure.HeatMap}.
 *
 * <p>A chart takes its text colour from {@code currentColor}: the page around it says whether that
 * is dark or light.
 */
@NullMarked
package org.patchgrid.figure;

import org.jspecify.annotations.NullMarked;
