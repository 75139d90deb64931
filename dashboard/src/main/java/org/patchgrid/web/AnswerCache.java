package org.patchgrid.web;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The last answers of one version of a study, since people go back and forth between views. Safe
 * for several threads; two that ask the same at once may both compute it.
 */
final class AnswerCache {
  private static final int MOST_BYTES = 32 << 20;

  private final Map<List<String>, Reply> answers = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  Reply get(List<String> key, Supplier<Reply> compute) {
    synchronized (this) {
      @Nullable Reply known = answers.get(key);
      if (known != null) {
        return known;
      }
    }
    Reply fresh = compute.get();
    keep(key, fresh);
    return fresh;
  }

  private synchronized void keep(List<String> key, Reply fresh) {
    if (answers.putIfAbsent(key, fresh) == null) {
      bytes += fresh.body().length;
    }
    var oldest = answers.values().iterator();
    while (bytes > MOST_BYTES && oldest.hasNext()) {
      bytes -= oldest.next().body().length;
      oldest.remove();
    }
  }
}
