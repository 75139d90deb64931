/**
 * The vocabulary: what is compared, where one patches, what is measured. Values only, serializable,
 * nothing but the JDK. Start with {@link org.patchgrid.study.Component} and {@link
 * org.patchgrid.study.PatchSite}; what goes to an executor is {@link
 * org.patchgrid.study.PatchTask}, what comes back {@link org.patchgrid.study.Measurement} and
 * {@link org.patchgrid.study.PairResult}.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.study;
