package org.patchgrid.app;

import java.util.OptionalDouble;

/** The values of one measurement, whoever measured it. */
record GoldenValues(double clean, double corrupted, double patched, OptionalDouble recovery) {}
