package org.patchgrid.table;

import java.util.Arrays;

/**
 * Which measurements make a group of {@code aggregates}, before tags.
 *
 * @param site of a {@link Grouping#LAYER}: the whole layer
 */
public record GroupKey(String metric, Grouping grouping, SiteColumns site) {
  private static final char SEPARATOR = '\0';

  public static GroupKey ofSite(SiteColumns site, String metric) {
    return new GroupKey(metric, Grouping.SITE, site);
  }

  public GroupKey wholeLayer() {
    return new GroupKey(metric, Grouping.LAYER, site.wholeLayer());
  }

  /** A text that sorts as the rows of {@code aggregates} do: all of a {@link #part} together. */
  public String toKey() {
    return part() + SEPARATOR + grouping.label() + SEPARATOR + site.toKey();
  }

  /** The groups that are compared with one another are of one part: of one sweep and metric. */
  public String part() {
    return site.sweep() + SEPARATOR + metric;
  }

  /** The group of a {@link #toKey}. */
  public static GroupKey ofKey(String key) {
    String[] fields = key.split(String.valueOf(SEPARATOR), 4);
    Grouping grouping =
        Arrays.stream(Grouping.values())
            .filter(value -> value.label().equals(fields[2]))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("Not a key of a group: " + key));
    return new GroupKey(fields[1], grouping, SiteColumns.ofKey(fields[3]));
  }
}
