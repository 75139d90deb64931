package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;

/**
 * How far the dimensions turn at each position.
 *
 * @param cosine [T, dimensions that turn]
 * @param sine [T, dimensions that turn]
 */
public record Rotation(NDArray cosine, NDArray sine) {}
