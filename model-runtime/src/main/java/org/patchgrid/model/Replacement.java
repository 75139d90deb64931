package org.patchgrid.model;

import org.patchgrid.study.PatchgridException;

/**
 * The value of another run instead of this one's. The shapes must be equal; prompts of different
 * length are aligned only where one asks for it, since a position then stands for another token.
 */
public final class Replacement implements Intervention {
  enum Alignment {
    NONE,
    START,
    END
  }

  private final Activation source;
  private final Alignment alignment;

  Replacement(Activation source, Alignment alignment) {
    this.source = source;
    this.alignment = alignment;
  }

  /** First position to first position, as far as the shorter prompt goes; the rest stays. */
  public Replacement alignStart() {
    return new Replacement(source, Alignment.START);
  }

  /** Last position to last position, as far as the shorter prompt goes; the rest stays. */
  public Replacement alignEnd() {
    return new Replacement(source, Alignment.END);
  }

  @Override
  public Activation apply(Activation value) {
    if (source.hasShapeOf(value)) {
      return value.with(source.values());
    }
    if (alignment == Alignment.NONE || source.width() != value.width()) {
      throw new PatchgridException(refusal(value));
    }
    int shared = Math.min(source.positions(), value.positions());
    boolean end = alignment == Alignment.END;
    int from = end ? source.positions() - shared : 0;
    int to = end ? value.positions() - shared : 0;
    float[] numbers = source.values();
    float[] values = value.values();
    for (int position = 0; position < shared; position++) {
      for (int entry = 0; entry < value.width(); entry++) {
        values[value.index(to + position, entry)] = numbers[source.index(from + position, entry)];
      }
    }
    return value.with(values);
  }

  private String refusal(Activation value) {
    boolean alignable = source.width() == value.width() && source.heads() == value.heads();
    return "Cannot replace %s with %s: %s"
        .formatted(
            value,
            source,
            alignable
                ? "the prompts have %d and %d tokens; reword one, or say .alignStart() or .alignEnd()"
                    .formatted(value.positions(), source.positions())
                : "the shapes must be equal");
  }
}
