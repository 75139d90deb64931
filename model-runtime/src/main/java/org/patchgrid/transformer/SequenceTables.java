package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;

/**
 * What attention needs to know of a sequence's length T and nothing else of the prompt.
 *
 * @param length T
 * @param cosine [T, head width]
 * @param sine [T, head width]
 * @param causalMask [T, T]: 0 where a query sees a key, negative infinity where it does not
 */
public record SequenceTables(int length, NDArray cosine, NDArray sine, NDArray causalMask) {}
