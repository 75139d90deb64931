package org.patchgrid.study;

import java.util.List;
import java.util.Locale;

/**
 * A named set of places that are patched in one run, or all the others: the complement of a set is
 * every place of the components that the set names which is not in it.
 *
 * @param name the set's, as the study gives it
 * @param places at least one
 */
public record JointSite(String name, Part part, List<SitePlace> places, Positions positions)
    implements Site {
  /** Which places are written to. */
  public enum Part {
    /** Those of the set. */
    SET,
    /** Those that are not in the set. */
    COMPLEMENT
  }

  public JointSite {
    places = List.copyOf(places);
    if (places.isEmpty()) {
      throw new IllegalArgumentException("The set '" + name + "' is empty");
    }
  }

  /** The lowest layer of the set. */
  @Override
  public int layer() {
    return places.stream().mapToInt(SitePlace::layer).min().orElseThrow();
  }

  @Override
  public int window() {
    return 1;
  }

  @Override
  public String componentName() {
    return part.name().toLowerCase(Locale.ROOT) + ":" + name;
  }
}
