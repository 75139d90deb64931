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
import org.patchgrid.study.JointSite;
import org.patchgrid.study.Limit;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PathReceiver;
import org.patchgrid.study.PathSite;
import org.patchgrid.study.Positions;
import org.patchgrid.study.Site;
import org.patchgrid.study.SitePlace;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.ValueKind;

/** Makes the sites of one sweep, or says which of them the model does not have. */
record SitePlanner(SweepConfig sweep, ModelStructure model, Problems problems, Set<String> notes) {
  /** What is added to the residual stream, whole or by heads. */
  private static final List<Component> SENDERS =
      List.of(Component.Z, Component.SELF_ATTN, Component.MLP);

  /** Each site once; what is wrong is added to the problems and left out. */
  List<SweepSite> sites() {
    Set<Site> sites = new LinkedHashSet<>();
    if (sweep.paths().isEmpty()) {
      addPatches(sites);
    } else {
      addPaths(sites);
    }
    addSets(sites);
    requireMeans(sites);
    if (problems.count() > 0) {
      return List.of();
    }
    return sweep.directions().stream()
        .flatMap(direction -> sites.stream().map(site -> sweepSite(direction, site)))
        .toList();
  }

  private SweepSite sweepSite(PatchDirection direction, Site site) {
    return new SweepSite(sweep.name(), direction, site, sweep.value(), sweep.corruption());
  }

  private void addPatches(Set<Site> sites) {
    for (Map.Entry<Component, Set<Integer>> entry : layersOfComponents().entrySet()) {
      Component component = entry.getKey();
      if (component != Component.PATTERN && !isWhole(sweep.sourcePositions())) {
        problems.add(
            "Cannot patch source positions of %s%s: only %s has an entry a source position; leave source-positions out"
                .formatted(component, inSweep(), Component.PATTERN));
        continue;
      }
      for (int layer : entry.getValue()) {
        for (HeadSelection heads : heads(component)) {
          addPatches(sites, component, layer, heads);
        }
      }
    }
  }

  private void addPatches(Set<Site> sites, Component component, int layer, HeadSelection heads) {
    for (Positions positions : sweep.positions()) {
      for (Positions sources : sourcePositions()) {
        add(sites, new PatchSite(component, layer, sweep.window(), heads, positions, sources));
      }
    }
  }

  /** Labels together: their spans may overlap, and an entry is one cell. */
  private List<Positions> sourcePositions() {
    List<Positions> sources = sweep.sourcePositions();
    if (sources.size() == 1 || !(sources.get(0) instanceof Positions.Labelled)) {
      return sources;
    }
    return List.of(
        new Positions.AnyLabelled(
            sources.stream().map(source -> ((Positions.Labelled) source).label()).toList()));
  }

  /** All sites are in the driver's memory: a short study can ask for more than there is. */
  private void add(Set<Site> sites, Site site) {
    sites.add(site);
    if (sites.size() > Limit.SITES.value()) {
      throw new PatchgridException(
          "Cannot plan more than %d sites%s: %s"
              .formatted(Limit.SITES.value(), inSweep(), Limit.SITES.remedy()));
    }
  }

  private static boolean isWhole(List<Positions> positions) {
    return positions.get(0) instanceof Positions.All;
  }

  private void addSets(Set<Site> sites) {
    PlaceReader reader = new PlaceReader(model, inSweep(), problems);
    sweep
        .sets()
        .places()
        .forEach(
            (name, listed) -> {
              List<SitePlace> places = reader.places(listed, "patch");
              if (!places.isEmpty()) {
                addSet(sites, name, places);
              }
            });
  }

  private void addSet(Set<Site> sites, String name, List<SitePlace> places) {
    for (JointSite.Part part : sweep.sets().parts()) {
      for (Positions positions : sweep.positions()) {
        JointSite site = new JointSite(name, part, places, positions);
        if (site.written(model).isEmpty()) {
          notes.add(
              "set '%s'%s is everything and has no complement: that part is left out"
                  .formatted(name, inSweep()));
        } else {
          add(sites, site);
        }
      }
    }
  }

  /** From every sender to every receiver in a later layer. */
  private void addPaths(Set<Site> sites) {
    PlaceReader reader = new PlaceReader(model, inSweep(), problems);
    List<PathReceiver> receivers = reader.receivers(sweep.paths().receivers());
    int impossible = 0;
    for (Map.Entry<Component, Set<Integer>> entry : layersOfComponents().entrySet()) {
      Component component = entry.getKey();
      if (!SENDERS.contains(component)) {
        problems.add(
            "Cannot send from %s%s: a path begins at what is added to the residual stream, %s"
                .formatted(component, inSweep(), named(SENDERS)));
        continue;
      }
      for (int layer : entry.getValue()) {
        for (HeadSelection heads : heads(component)) {
          SitePlace sender = new SitePlace(component, layer, heads);
          for (PathReceiver receiver : receivers) {
            PathSite path = new PathSite(sender, receiver, sweep.paths().freeze());
            impossible += path.leadsForward() ? 0 : 1;
            if (path.leadsForward()) {
              add(sites, path);
            }
          }
        }
      }
    }
    if (impossible > 0) {
      notes.add(
          (impossible == 1 ? "1 path" : impossible + " paths")
              + inSweep()
              + " would lead back and are left out: a receiver must be in a later layer than its sender");
    }
    if (sites.isEmpty() && problems.count() == 0) {
      problems.add("No path" + inSweep() + ": no receiver is in a later layer than a sender");
    }
  }

  /** A pattern has as many numbers as a prompt has positions: there is no mean of several. */
  private void requireMeans(Set<Site> sites) {
    boolean mean = sweep.value().kind() == ValueKind.MEAN;
    if (mean && sites.stream().anyMatch(site -> site.writes(Component.PATTERN))) {
      problems.add(
          "Cannot write means of %s%s: its numbers are one a position, and prompts differ in length; leave it out"
              .formatted(Component.PATTERN, inSweep()));
    }
  }

  private static String named(List<Component> components) {
    return components.stream().map(Component::roleName).collect(Collectors.joining(", "));
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
      problems.add("Cannot patch '" + name + "'" + inSweep() + ": " + ModelParts.layers(model));
      return Set.of();
    }
    if (!layers.contains(layer) && !layers.isEmpty()) {
      problems.add(
          "Cannot patch '%s'%s: layers = %s leaves its layer out; add layer %d or drop the component"
              .formatted(name, inSweep(), sweep.layers(), layer));
      return Set.of();
    }
    return Set.of(layer);
  }

  private Set<Integer> layers() {
    LayerSelection selection = sweep.layers();
    if (selection instanceof LayerSelection.Range range) {
      if (range.last() >= model.layers()) {
        problems.add("Cannot patch layers " + range + inSweep() + ": " + ModelParts.layers(model));
      }
      int end = Math.min(range.last(), model.layers() - 1) + 1;
      return boxed(IntStream.range(range.first(), Math.max(range.first(), end)));
    }
    if (selection instanceof LayerSelection.Listed listed) {
      for (int layer : listed.layers()) {
        if (layer >= model.layers()) {
          problems.add("Cannot patch layer " + layer + inSweep() + ": " + ModelParts.layers(model));
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
        problems.add(ModelParts.noHead(model, component, head, inSweep()));
      }
    }
    return heads;
  }

  private String inSweep() {
    return sweep.name().equals(SweepConfig.DEFAULT_NAME) ? "" : " in sweep '" + sweep.name() + "'";
  }
}
