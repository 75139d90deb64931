package org.patchgrid.table;

import java.io.Serializable;
import java.util.Comparator;

/** A tag of a pair with its value: {@code relation = capital}. */
public record PairTag(String name, String value) implements Serializable, Comparable<PairTag> {
  private static final Comparator<PairTag> ORDER =
      Comparator.comparing(PairTag::name).thenComparing(PairTag::value);

  @Override
  public int compareTo(PairTag other) {
    return ORDER.compare(this, other);
  }
}
