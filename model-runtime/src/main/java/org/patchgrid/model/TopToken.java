package org.patchgrid.model;

/**
 * A token that a model may go on with.
 *
 * @param token as the vocabulary spells it
 * @param probability over the whole vocabulary
 */
public record TopToken(int id, String token, float logit, double probability) {}
