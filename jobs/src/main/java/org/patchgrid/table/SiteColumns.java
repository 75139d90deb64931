package org.patchgrid.table;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.patchgrid.study.PlaceName;

/**
 * The columns of {@code cells} that say where a patch went, and how: all of the key but the study,
 * the pair and the metric. Names are those of the table.
 */
public record SiteColumns(
    String sweep,
    String direction,
    String component,
    int layer,
    OptionalInt head,
    OptionalInt position,
    Optional<String> positionLabel,
    int window,
    String value,
    String corruption,
    OptionalInt sourcePosition,
    Optional<String> receiver)
    implements Comparable<SiteColumns> {

  private static final String SEPARATOR = "\0";
  private static final int FIELDS = 12;

  private static final Comparator<SiteColumns> ORDER =
      Comparator.comparing(SiteColumns::sweep)
          .thenComparing(SiteColumns::direction)
          .thenComparing(SiteColumns::component)
          .thenComparingInt(SiteColumns::layer)
          .thenComparingInt(site -> site.head().orElse(-1))
          .thenComparingInt(site -> site.position().orElse(-1))
          .thenComparing(site -> site.positionLabel().orElse(""))
          .thenComparingInt(SiteColumns::window)
          .thenComparing(SiteColumns::value)
          .thenComparing(SiteColumns::corruption)
          .thenComparingInt(site -> site.sourcePosition().orElse(-1))
          .thenComparing(site -> site.receiver().orElse(""));

  @Override
  public int compareTo(SiteColumns other) {
    return ORDER.compare(this, other);
  }

  /** Whether the patch covers the whole layer's component: every head, every position. */
  public boolean isWholeLayer() {
    return head.isEmpty()
        && position.isEmpty()
        && positionLabel.isEmpty()
        && sourcePosition.isEmpty();
  }

  /** Where the patch goes. */
  public String place() {
    return PlaceName.of(component, layer, window, head, position, positionLabel, sourcePosition);
  }

  /** The component in its layer, without head, position and label. */
  public SiteColumns wholeLayer() {
    return new SiteColumns(
        sweep,
        direction,
        component,
        layer,
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        window,
        value,
        corruption,
        OptionalInt.empty(),
        receiver);
  }

  /** The same site in the other direction, or the same study's: all but the direction. */
  public SiteColumns inDirection(String other) {
    return new SiteColumns(
        sweep,
        other,
        component,
        layer,
        head,
        position,
        positionLabel,
        window,
        value,
        corruption,
        sourcePosition,
        receiver);
  }

  /** A text that sorts as sites do. */
  public String toKey() {
    return String.join(
        SEPARATOR,
        sweep,
        direction,
        component,
        number(layer),
        number(head),
        number(position),
        positionLabel.orElse(""),
        number(window),
        value,
        corruption,
        number(sourcePosition),
        receiver.orElse(""));
  }

  /** The site of a {@link #toKey}. */
  public static SiteColumns ofKey(String key) {
    String[] fields = key.split(SEPARATOR, -1);
    if (fields.length != FIELDS) {
      throw new IllegalStateException("A name of a site holds the character U+0000: " + key);
    }
    return new SiteColumns(
        fields[0],
        fields[1],
        fields[2],
        Integer.parseInt(fields[3]),
        optionalNumber(fields[4]),
        optionalNumber(fields[5]),
        optionalText(fields[6]),
        Integer.parseInt(fields[7]),
        fields[8],
        fields[9],
        optionalNumber(fields[10]),
        optionalText(fields[11]));
  }

  private static String number(int value) {
    return String.format(Locale.ROOT, "%010d", value);
  }

  private static String number(OptionalInt value) {
    return value.isPresent() ? number(value.getAsInt()) : "";
  }

  private static OptionalInt optionalNumber(String text) {
    return text.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
  }

  private static Optional<String> optionalText(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }
}
