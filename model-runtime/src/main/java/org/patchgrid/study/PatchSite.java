package org.patchgrid.study;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One component in a layer or a window of layers: where an ordinary patch goes.
 *
 * @param layer the layer the result is stored under
 * @param window how many layers around {@code layer} are patched together, cut off at the ends of
 *     the model: from {@code max(0, l - floor(w/2))} to {@code min(L, l + ceil(w/2))}, exclusive
 * @param sourcePositions which entries of an attention pattern's rows are written: all of a row, or
 *     one entry a cell
 */
public record PatchSite(
    Component component,
    int layer,
    int window,
    HeadSelection heads,
    Positions positions,
    Positions sourcePositions)
    implements Site {
  public PatchSite {
    if (layer < 0) {
      throw new IllegalArgumentException("Invalid layer: " + layer);
    }
    if (window < 1) {
      throw new IllegalArgumentException("Invalid window: " + window);
    }
    if (heads instanceof HeadSelection.One && component.headAxis() == HeadAxis.NONE) {
      throw new IllegalArgumentException(component + " has no heads");
    }
    if (!(sourcePositions instanceof Positions.All) && component != Component.PATTERN) {
      throw new IllegalArgumentException(component + " has no source positions");
    }
  }

  /** Whole values: of a pattern, whole rows. */
  public PatchSite(
      Component component, int layer, int window, HeadSelection heads, Positions positions) {
    this(component, layer, window, heads, positions, new Positions.All());
  }

  @Override
  public String componentName() {
    return component.roleName();
  }

  @Override
  public boolean writes(Component other) {
    return component == other;
  }

  @Override
  public Set<HookPoint> points(ModelStructure model) {
    int first = Math.max(0, layer - window / 2);
    int end = Math.min(model.layers(), layer + (window + 1) / 2);
    return IntStream.range(first, end)
        .mapToObj(each -> new HookPoint(component, each))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
