package org.patchgrid.store;

/**
 * The content of {@code manifest/status.json}: how the last run ended. Absent until one has.
 *
 * @param run {@link DriverRun#id()}
 * @param exitCode of the command, also where the cluster does not show it
 * @param at when it ended, ISO 8601, UTC
 */
public record RunStatus(String run, RunOutcome outcome, int exitCode, String at) {}
