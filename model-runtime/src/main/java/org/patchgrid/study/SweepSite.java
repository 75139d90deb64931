package org.patchgrid.study;

import java.io.Serializable;

/** One site of one sweep in one direction: what a plan counts and a task lists. */
public record SweepSite(String sweep, PatchDirection direction, PatchSite site)
    implements Serializable {}
