package org.patchgrid.store;

/**
 * What a compacted study was made of.
 *
 * @param source the directory that was compacted
 * @param at when, ISO 8601, UTC
 * @param files how many it has now
 */
public record CompactionOrigin(String source, String at, int files) {}
