package org.patchgrid.figure;

import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Colours for values on both sides of zero: red below, white at zero, blue above, alike for who
 * sees no red or green (ColorBrewer's RdBu). Symmetric, so that colours of both signs can be
 * compared.
 *
 * @param limit the value of the darkest blue; minus it is the darkest red
 */
public record DivergingScale(double limit) {
  private static final int[][] STOPS = {
    {0xb2, 0x18, 0x2b},
    {0xf4, 0xa5, 0x82},
    {0xf7, 0xf7, 0xf7},
    {0x92, 0xc5, 0xde},
    {0x21, 0x66, 0xac}
  };

  public DivergingScale {
    if (!(limit > 0)) {
      throw new IllegalArgumentException("A scale needs a limit above zero: " + limit);
    }
  }

  /** The smallest scale that has all values; 1 % for values that are all zero. */
  public static DivergingScale of(DoubleStream values) {
    return new DivergingScale(Math.max(0.01, values.map(Math::abs).max().orElse(0)));
  }

  /** As {@code #rrggbb}. */
  String color(double value) {
    double place = (Math.max(-1, Math.min(1, value / limit)) + 1) / 2 * (STOPS.length - 1);
    int stop = (int) Math.min(STOPS.length - 2, Math.floor(place));
    double share = place - stop;
    int[] mixed = new int[3];
    for (int i = 0; i < mixed.length; i++) {
      mixed[i] = (int) Math.round(STOPS[stop][i] * (1 - share) + STOPS[stop + 1][i] * share);
    }
    return String.format(Locale.ROOT, "#%02x%02x%02x", mixed[0], mixed[1], mixed[2]);
  }

  /** Black or white, whichever can be read on the colour of the value. */
  String textColor(double value) {
    return Math.abs(value / limit) > 0.75 ? "#ffffff" : "#111111";
  }
}
