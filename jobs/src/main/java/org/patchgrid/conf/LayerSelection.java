package org.patchgrid.conf;

import java.util.List;

/** The layers of a sweep, before a model says which it has. */
public sealed interface LayerSelection {
  record All() implements LayerSelection {
    @Override
    public String toString() {
      return "all";
    }
  }

  /** The layers {@code first} to {@code last}, both included. */
  record Range(int first, int last) implements LayerSelection {
    public Range {
      if (first < 0 || last < first) {
        throw new IllegalArgumentException("Invalid layers: " + first + "-" + last);
      }
    }

    @Override
    public String toString() {
      return first + "-" + last;
    }
  }

  record Listed(List<Integer> layers) implements LayerSelection {
    public Listed {
      layers = List.copyOf(layers);
      if (layers.isEmpty() || layers.stream().anyMatch(layer -> layer < 0)) {
        throw new IllegalArgumentException("Invalid layers: " + layers);
      }
    }

    @Override
    public String toString() {
      return layers.toString();
    }
  }
}
