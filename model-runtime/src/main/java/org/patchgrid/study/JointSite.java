package org.patchgrid.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

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

  @Override
  public boolean writes(Component component) {
    return places.stream().anyMatch(place -> place.component() == component);
  }

  @Override
  public Set<HookPoint> points(ModelStructure model) {
    return written(model).stream().map(SitePlace::point).collect(Collectors.toSet());
  }

  /** The places that are written to: none where a set is all there is and has no complement. */
  public List<SitePlace> written(ModelStructure model) {
    return part == Part.SET ? places : others(model);
  }

  /** Every place of the set's components that is not in it. */
  private List<SitePlace> others(ModelStructure model) {
    List<SitePlace> others = new ArrayList<>();
    TreeSet<Component> components = new TreeSet<>();
    places.forEach(place -> components.add(place.component()));
    for (Component component : components) {
      for (int layer = 0; layer < model.layers(); layer++) {
        addOthers(component, layer, model.heads(component), others);
      }
    }
    return others;
  }

  private void addOthers(Component component, int layer, int heads, List<SitePlace> others) {
    List<SitePlace> here =
        places.stream().filter(p -> p.component() == component && p.layer() == layer).toList();
    if (here.isEmpty()) {
      others.add(new SitePlace(component, layer, HeadSelection.ALL));
      return;
    }
    if (here.stream().anyMatch(place -> place.heads() instanceof HeadSelection.All)) {
      return;
    }
    for (int head = 0; head < heads; head++) {
      SitePlace place = new SitePlace(component, layer, HeadSelection.one(head));
      if (!here.contains(place)) {
        others.add(place);
      }
    }
  }
}
