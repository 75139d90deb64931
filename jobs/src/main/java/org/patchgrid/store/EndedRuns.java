package org.patchgrid.store;

/**
 * How many runs were killed while they computed a task.
 *
 * @param alone of them, those that computed nothing else then
 */
public record EndedRuns(int times, int alone) {
  public static final EndedRuns NONE = new EndedRuns(0, 0);

  EndedRuns plus(EndedRuns other) {
    return new EndedRuns(times + other.times, alone + other.alone);
  }
}
