package org.patchgrid.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.patchgrid.conf.HeadChoice;
import org.patchgrid.conf.LayerSelection;
import org.patchgrid.conf.Problems;
import org.patchgrid.conf.SweepConfig;
import org.patchgrid.study.Component;
import org.patchgrid.study.ComponentRef;
import org.patchgrid.study.HeadAxis;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Positions;
import org.patchgrid.study.SweepSite;

/** Makes the sites of one sweep, or says which of them the model does not have. */
final class SitePlanner {
  private final SweepConfig sweep;
  private final ModelStructure model;
  private final Problems problems;
  private final Set<String> notes;

  SitePlanner(SweepConfig sweep, ModelStructure model, Problems problems, Set<String> notes) {
    this.sweep = sweep;
    this.model = model;
    this.problems = problems;
    this.notes = notes;
  }

  /** Each site once; what is wrong is added to the problems and left out. */
  List<SweepSite> sites() {
    Map<Component, Set<Integer>> layersOf = layersOfComponents();
    Set<SweepSite> sites = new LinkedHashSet<>();
    for (PatchDirection direction : sweep.directions()) {
      for (Map.Entry<Component, Set<Integer>> entry : layersOf.entrySet()) {
        for (int layer : entry.getValue()) {
          addLayer(sites, direction, entry.getKey(), layer);
        }
      }
    }
    return List.copyOf(sites);
  }

  private void addLayer(
      Set<SweepSite> sites, PatchDirection direction, Component component, int layer) {
    for (HeadSelection heads : heads(component)) {
      for (Positions positions : sweep.positions()) {
        PatchSite site = new PatchSite(component, layer, sweep.window(), heads, positions);
        sites.add(new SweepSite(sweep.name(), direction, site));
      }
    }
  }

  /** Components in the order listed, each with its layers in order. */
  private Map<Component, Set<Integer>> layersOfComponents() {
    Set<Integer> layers = layers();
    Map<Component, Set<Integer>> layersOf = new LinkedHashMap<>();
    for (String name : sweep.components()) {
      for (ComponentRef ref : components(name)) {
        Set<Integer> own = ref.layer().isPresent() ? only(name, ref, layers) : layers;
        Set<Integer> known = layersOf.computeIfAbsent(ref.component(), c -> new TreeSet<>());
        if (own.stream().filter(known::contains).count() > 0) {
          notes.add(ref.component() + " is listed twice" + inSweep() + ": patched once");
        }
        known.addAll(own);
      }
    }
    return layersOf;
  }

  private List<ComponentRef> components(String name) {
    if (name.equals(SweepConfig.ALL)) {
      return model.components().stream().map(SitePlanner::everywhere).toList();
    }
    if (name.equals(SweepConfig.GUIDE)) {
      return Component.GUIDE.stream()
          .filter(model.components()::contains)
          .map(SitePlanner::everywhere)
          .toList();
    }
    try {
      return List.of(ComponentRef.resolve(name, model));
    } catch (PatchgridException e) {
      problems.add(e.getMessage() + inSweep());
      return List.of();
    }
  }

  private static ComponentRef everywhere(Component component) {
    return new ComponentRef(component, OptionalInt.empty());
  }

  /** The one layer of a full path. */
  private Set<Integer> only(String name, ComponentRef ref, Set<Integer> layers) {
    int layer = ref.layer().orElseThrow();
    if (layer >= model.layers()) {
      problems.add("Cannot patch '" + name + "'" + inSweep() + ": " + layersOfModel());
      return Set.of();
    }
    if (!layers.contains(layer) && !layers.isEmpty()) {
      problems.add(
          "Cannot patch '"
              + name
              + "'"
              + inSweep()
              + ": layers = "
              + sweep.layers()
              + " leaves its layer out; add layer "
              + layer
              + " or drop the component");
      return Set.of();
    }
    return Set.of(layer);
  }

  private Set<Integer> layers() {
    LayerSelection selection = sweep.layers();
    if (selection instanceof LayerSelection.Range range) {
      if (range.last() >= model.layers()) {
        problems.add("Cannot patch layers " + range + inSweep() + ": " + layersOfModel());
      }
      int end = Math.min(range.last(), model.layers() - 1) + 1;
      return boxed(IntStream.range(range.first(), Math.max(range.first(), end)));
    }
    if (selection instanceof LayerSelection.Listed listed) {
      for (int layer : listed.layers()) {
        if (layer >= model.layers()) {
          problems.add("Cannot patch layer " + layer + inSweep() + ": " + layersOfModel());
        }
      }
      return boxed(
          listed.layers().stream().mapToInt(Integer::intValue).filter(l -> l < model.layers()));
    }
    return boxed(IntStream.range(0, model.layers()));
  }

  private static Set<Integer> boxed(IntStream numbers) {
    return numbers.boxed().collect(Collectors.toCollection(TreeSet::new));
  }

  private List<HeadSelection> heads(Component component) {
    HeadChoice choice = sweep.heads();
    if (component.headAxis() == HeadAxis.NONE || choice instanceof HeadChoice.All) {
      return List.of(HeadSelection.ALL);
    }
    int count = model.heads(component);
    if (!(choice instanceof HeadChoice.Listed listed)) {
      return IntStream.range(0, count).mapToObj(HeadSelection::one).toList();
    }
    List<HeadSelection> heads = new ArrayList<>();
    for (int head : new TreeSet<>(listed.heads())) {
      if (head < count) {
        heads.add(HeadSelection.one(head));
      } else {
        problems.add(noHead(component, head, count));
      }
    }
    return heads;
  }

  private String noHead(Component component, int head, int count) {
    boolean keyValue = component.headAxis() == HeadAxis.KEY_VALUE;
    return "Cannot patch head "
        + head
        + " of "
        + component
        + inSweep()
        + ": "
        + model.name()
        + " has "
        + counted(count, keyValue ? "key-value head" : "head");
  }

  private String layersOfModel() {
    return model.name() + " has " + counted(model.layers(), "layer");
  }

  private static String counted(int count, String what) {
    return count == 1 ? "1 " + what + " (0)" : count + " " + what + "s (0-" + (count - 1) + ")";
  }

  private String inSweep() {
    return sweep.name().equals(SweepConfig.DEFAULT_NAME) ? "" : " in sweep '" + sweep.name() + "'";
  }
}
