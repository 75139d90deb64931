package org.patchgrid.transformer;

import ai.djl.ndarray.NDArray;
import java.util.Optional;

/**
 * What the attention of one layer needs to know of a sequence's length.
 *
 * @param rotation where queries and keys turn
 * @param mask [T, T]: 0 where a query sees a key, negative infinity where it does not
 */
public record AttentionTables(Optional<Rotation> rotation, NDArray mask) {}
