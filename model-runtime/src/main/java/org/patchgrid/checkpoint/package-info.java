/**
 * A model's files: what they are called, whether they are whole, and their tensors as float32. It
 * knows safetensors, Hugging Face directories and MLX's affine quantisation, and nothing of what
 * the tensors mean. Start with {@link org.patchgrid.checkpoint.ModelDirectory}, then {@link
 * org.patchgrid.checkpoint.CheckpointReader}.
 */
@org.jspecify.annotations.NullMarked
package org.patchgrid.checkpoint;
