package org.patchgrid.store;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a study has come to so far, over all its runs.
 *
 * @param completedTasks number of tasks that are committed and listed
 * @param counts pairs, cells and rows of those tasks
 * @param modelLoads how often executors loaded the model, over all runs
 * @param quarantined tasks that were given up and are not complete, with the last reason
 * @param runs the details of each, by driver run id, which is by time
 */
public record StoreSummary(
    int completedTasks,
    TaskCounts counts,
    int modelLoads,
    Map<Integer, String> quarantined,
    List<Map<String, String>> runs) {
  public StoreSummary {
    quarantined = Collections.unmodifiableMap(new TreeMap<>(quarantined));
    runs = List.copyOf(runs);
  }
}
