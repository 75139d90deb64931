package org.patchgrid.plan;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.patchgrid.conf.Problems;
import org.patchgrid.study.Component;
import org.patchgrid.study.ComponentRef;
import org.patchgrid.study.HeadAxis;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PathReceiver;
import org.patchgrid.study.SitePlace;

/**
 * Reads {@code COMPONENT@LAYER} and {@code COMPONENT@LAYER.HEAD}.
 *
 * @param where in the study, with a blank before it, or nothing
 */
record PlaceReader(ModelStructure model, String where, Problems problems) {
  private static final Pattern PLACE =
      Pattern.compile("(?<component>[^@]+)@(?<layer>\\d{1,9})(\\.(?<head>\\d{1,9}))?");

  /** What a path may end at: what attention reads a residual stream by. */
  private static final List<Component> RECEIVERS =
      List.of(Component.Q_PROJ, Component.K_PROJ, Component.V_PROJ);

  /** Each once; what is wrong is added to the problems and left out. */
  List<SitePlace> places(List<String> texts, String verb) {
    Set<SitePlace> places = new LinkedHashSet<>();
    texts.forEach(text -> place(text, verb).ifPresent(places::add));
    return List.copyOf(places);
  }

  /** Likewise. */
  List<PathReceiver> receivers(List<String> texts) {
    List<PathReceiver> receivers = new ArrayList<>();
    for (String text : texts) {
      if (text.equals(PathReceiver.Final.LABEL)) {
        receivers.add(new PathReceiver.Final());
        continue;
      }
      Optional<SitePlace> place = place(text, "receive at");
      if (place.isPresent() && !RECEIVERS.contains(place.get().component())) {
        problems.add(
            "Cannot receive at '%s'%s: a path ends at %s, or at q_proj, k_proj or v_proj of a layer"
                .formatted(text, where, PathReceiver.Final.LABEL));
        continue;
      }
      place.map(PathReceiver.Attention::new).ifPresent(receivers::add);
    }
    return receivers.stream().distinct().toList();
  }

  private Optional<SitePlace> place(String text, String verb) {
    Matcher parts = PLACE.matcher(text.strip());
    if (!parts.matches()) {
      return problem(
          "Cannot %s '%s'%s: write COMPONENT@LAYER or COMPONENT@LAYER.HEAD, as self_attn.z@9.6"
              .formatted(verb, text, where));
    }
    Component component;
    try {
      ComponentRef named = ComponentRef.resolve(parts.group("component"), model);
      if (named.layer().isPresent()) {
        return problem(
            "Cannot %s '%s'%s: it names two layers; name the component alone before the @"
                .formatted(verb, text, where));
      }
      component = named.component();
    } catch (PatchgridException e) {
      return problem(e.getMessage() + where);
    }
    int layer = Integer.parseInt(parts.group("layer"));
    OptionalInt head =
        parts.group("head") == null
            ? OptionalInt.empty()
            : OptionalInt.of(Integer.parseInt(parts.group("head")));
    if (layer >= model.layers()) {
      return problem("Cannot %s '%s'%s: %s".formatted(verb, text, where, ModelParts.layers(model)));
    }
    if (head.isEmpty()) {
      return Optional.of(new SitePlace(component, layer, HeadSelection.ALL));
    }
    if (component.headAxis() == HeadAxis.NONE) {
      return problem(
          "Cannot %s '%s'%s: %s has no heads; write %s@%d"
              .formatted(verb, text, where, component, component, layer));
    }
    if (head.getAsInt() >= model.heads(component)) {
      return problem(ModelParts.noHead(model, component, head.getAsInt(), where));
    }
    return Optional.of(new SitePlace(component, layer, HeadSelection.one(head.getAsInt())));
  }

  private Optional<SitePlace> problem(String what) {
    problems.add(what);
    return Optional.empty();
  }
}
