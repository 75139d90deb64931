package org.patchgrid.conf;

import java.util.List;

/** How a sweep cuts components into heads; a component without heads gets one cell anyway. */
public sealed interface HeadChoice {
  record All() implements HeadChoice {
    @Override
    public String toString() {
      return "all";
    }
  }

  /** One cell a head, for every head of the component. */
  record Each() implements HeadChoice {
    @Override
    public String toString() {
      return "each";
    }
  }

  /** One cell a head, for the heads listed. */
  record Listed(List<Integer> heads) implements HeadChoice {
    public Listed {
      heads = List.copyOf(heads);
      if (heads.isEmpty() || heads.stream().anyMatch(head -> head < 0)) {
        throw new IllegalArgumentException("Invalid heads: " + heads);
      }
    }

    @Override
    public String toString() {
      return heads.toString();
    }
  }
}
