package org.patchgrid.results;

import java.util.Map;
import java.util.Optional;

/**
 * Where the rows of {@code aggregates} come from.
 *
 * @param kind of origin
 * @param footer what the table's file says of itself ({@code patchgrid.tasks}, {@code
 *     patchgrid.resamples}, ...); empty when they were computed
 */
public record AggregateOrigin(Kind kind, Map<String, String> footer) {
  public AggregateOrigin {
    footer = Map.copyOf(footer);
  }

  /** The ways to have aggregates. */
  public enum Kind {
    /** Of the table, which was made from all that is committed now. */
    CURRENT,
    /** Of the table, which was made from something else than what is committed now. */
    STALE,
    /** Computed from {@code cells} now: no bootstrap, no p-values, no tags. */
    COMPUTED
  }

  public Optional<String> footer(String key) {
    return Optional.ofNullable(footer.get("patchgrid." + key));
  }

  /** A sentence for people. */
  public String sentence() {
    String made =
        "aggregates of %s tasks, %s bootstrap resamples of pairs (seed %s)"
            .formatted(
                footer("tasks").orElse("an unknown number of"),
                footer("resamples").orElse("an unknown number of"),
                footer("seed").orElse("unknown"));
    return switch (kind) {
      case CURRENT -> "Statistics are the study's " + made + ", made from all that is stored.";
      case STALE ->
          "Stale: the statistics are the study's %s, and what is stored has changed since; run aggregate again."
              .formatted(made);
      case COMPUTED ->
          "The study has no table of aggregates; means, t intervals and quantiles were computed from"
              + " its cells. Run aggregate for bootstrap intervals, p-values and statistics by tag.";
    };
  }
}
