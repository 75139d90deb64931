/**
 * The few operations whose kernels are worth choosing. Start with {@link
 * org.patchgrid.kernel.TensorOps}: plain array operations, which run everywhere, or oneDNN's packed
 * linear maps, reached through a TorchScript archive that {@link
 * org.patchgrid.kernel.TorchScriptModule} writes.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.kernel;
