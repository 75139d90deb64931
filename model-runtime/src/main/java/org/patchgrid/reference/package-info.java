/**
 * Forward passes as one would write them by hand. {@link org.patchgrid.reference.ReferenceEngine},
 * one pass a cell, is what other engines are compared with; {@link
 * org.patchgrid.reference.FullBatchEngine} is there to be measured.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.reference;
