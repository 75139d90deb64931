package org.patchgrid.execute;

import java.util.HashMap;
import java.util.Map;
import org.patchgrid.store.ResultStore;

/** How often the executors of a run have loaded the model, in stages and tasks alike. */
final class ModelLoads {
  private final ResultStore store;
  private final Map<String, Integer> byExecutor = new HashMap<>();

  ModelLoads(ResultStore store) {
    this.store = store;
  }

  /** Counts one more, and lists it in the manifest. */
  void add(TaskReport.ModelLoaded loaded) {
    store.modelLoaded(loaded.executor(), byExecutor.merge(loaded.executor(), 1, Integer::sum));
  }
}
