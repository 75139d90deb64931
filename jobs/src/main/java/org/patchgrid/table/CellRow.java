package org.patchgrid.table;

import org.patchgrid.study.Measurement;

/** One row of a cells file, as read back. */
public record CellRow(String studyId, Measurement measurement) {}
