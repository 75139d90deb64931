/**
 * What is patched: the cells of a pair, the runs that they are, and where every value of those
 * comes from. No tensors. Start with {@link org.patchgrid.patch.SiteExpansion}, which makes cells
 * of sites; a {@link org.patchgrid.patch.PatchedCell} has its {@link
 * org.patchgrid.patch.PatchedRun}, and a {@link org.patchgrid.patch.PatchEngine} computes those of
 * some {@link org.patchgrid.patch.PairCells}.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.patch;
