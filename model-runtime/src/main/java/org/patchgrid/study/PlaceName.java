package org.patchgrid.study;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where in a model and a prompt a cell's patch goes, in one text that people read: {@code
 * self_attn.z@9.6} with a position {@code [4]}, an entry of a pattern {@code [4<-2]} or a label
 * {@code :subject} behind it, and a window of layers {@code ~3} before those.
 */
public final class PlaceName {
  private PlaceName() {}

  /** The name of what the columns of {@code cells} say in these words. */
  public static String of(
      String component,
      int layer,
      int window,
      OptionalInt head,
      OptionalInt position,
      Optional<String> positionLabel,
      OptionalInt sourcePosition) {
    StringBuilder name = new StringBuilder(component).append('@').append(layer);
    head.ifPresent(number -> name.append('.').append(number));
    if (window > 1) {
      name.append('~').append(window);
    }
    if (position.isPresent() || sourcePosition.isPresent()) {
      name.append('[');
      position.ifPresent(name::append);
      sourcePosition.ifPresent(source -> name.append("<-").append(source));
      name.append(']');
    }
    positionLabel.ifPresent(label -> name.append(':').append(label));
    return name.toString();
  }
}
