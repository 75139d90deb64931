/**
 * The one home of the formulas: {@link org.patchgrid.metric.Metric} names what can be read off the
 * logits, {@link org.patchgrid.metric.MetricReader} computes it in double precision, {@link
 * org.patchgrid.metric.Recovery} compares runs. JDK only.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.metric;
