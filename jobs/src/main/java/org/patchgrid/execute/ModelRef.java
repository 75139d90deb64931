package org.patchgrid.execute;

import java.io.Serializable;

/**
 * Which model an executor is to hold.
 *
 * @param directory a path that every executor reads
 * @param fingerprint of the files the driver saw there
 */
public record ModelRef(String directory, String fingerprint) implements Serializable {}
