package org.patchgrid.table;

import java.io.Serializable;

/** How many measurements of a group have each status. */
public record StatusCounts(
    int ok, int byConstruction, int degenerateBaseline, int noBaseline, int notFinite, int failed)
    implements Serializable {}
