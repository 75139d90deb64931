package org.patchgrid.study;

import java.io.Serializable;
import java.util.List;

/** Token positions of a patch as a study names them: a pair's tokens make cells of them. */
public sealed interface Positions extends Serializable {
  /** How many cells they are of a pair of so many tokens, a mean perhaps. */
  default double count(double tokens) {
    return 1;
  }

  /** Every position in one patch: one cell. */
  record All() implements Positions {}

  /** One cell a position of the pair. */
  record Each() implements Positions {
    @Override
    public double count(double tokens) {
      return tokens;
    }
  }

  /** The pair's last position: one cell. */
  record Last() implements Positions {}

  /** One position, counted from 0, BOS included: one cell. */
  record At(int position) implements Positions {
    public At {
      if (position < 0) {
        throw new IllegalArgumentException("Invalid position: " + position);
      }
    }
  }

  /**
   * The whole span of a label in one patch: one cell. {@code NAME.first}, {@code NAME.last} and
   * {@code last} are built in.
   */
  record Labelled(String label) implements Positions {
    public Labelled {
      if (label.isBlank()) {
        throw new IllegalArgumentException("A position label needs a name");
      }
    }
  }

  /**
   * The tokens of several labels' spans, each once though spans may overlap: one cell a token. For
   * the entries of a pattern, whose cells have no label.
   */
  record AnyLabelled(List<String> labels) implements Positions {
    public AnyLabelled {
      labels = List.copyOf(labels);
      if (labels.isEmpty()) {
        throw new IllegalArgumentException("Positions of labels need one");
      }
    }

    @Override
    public double count(double tokens) {
      return labels.size();
    }
  }
}
