package org.patchgrid.conf;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.patchgrid.study.JointSite;

/**
 * The sets of places of a sweep, each patched in one run.
 *
 * @param places by the set's name: {@code COMPONENT@LAYER} or {@code COMPONENT@LAYER.HEAD} as
 *     written; only a model can tell what they mean
 * @param parts whether the sets are patched, or everything else of their components, or both
 */
public record SetsConfig(SortedMap<String, List<String>> places, List<JointSite.Part> parts) {
  public static final List<JointSite.Part> DEFAULT_PARTS =
      List.of(JointSite.Part.SET, JointSite.Part.COMPLEMENT);

  public static final SetsConfig NONE = new SetsConfig(new TreeMap<>(), DEFAULT_PARTS);

  public SetsConfig {
    SortedMap<String, List<String>> copy = new TreeMap<>();
    places.forEach((name, listed) -> copy.put(name, List.copyOf(listed)));
    places = Collections.unmodifiableSortedMap(copy);
    parts = List.copyOf(parts);
    if (parts.isEmpty() || places.values().stream().anyMatch(List::isEmpty)) {
      throw new IllegalArgumentException("A set needs a place, and sets a part: " + places);
    }
  }

  public boolean isEmpty() {
    return places.isEmpty();
  }
}
