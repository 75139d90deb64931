package org.patchgrid.figure;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.OptionalDouble;

/** Numbers as a person reads them. */
public final class Text {
  private Text() {}

  /** A fraction in percent, one digit: {@code 43.1%}. */
  public static String percent(double fraction) {
    return rounded(100 * fraction, 1) + "%";
  }

  /** A finite number in so many digits, halves away from zero; what rounds to zero has no sign. */
  static String rounded(double value, int digits) {
    return BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_UP).toPlainString();
  }

  /** As {@link #percent(double)}, or a dash. */
  public static String percent(OptionalDouble fraction) {
    return fraction.isPresent() ? percent(fraction.getAsDouble()) : "–";
  }

  /** {@code 40.2% to 46.0%}; a dash unless both are there. */
  public static String interval(OptionalDouble low, OptionalDouble high) {
    return low.isPresent() && high.isPresent()
        ? percent(low.getAsDouble()) + " to " + percent(high.getAsDouble())
        : "–";
  }

  /** With thousands separated. */
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** Four significant digits. */
  public static String number(double value) {
    return value == 0 ? "0" : String.format(Locale.ROOT, "%.4g", value);
  }

  /** A coordinate of SVG: a tenth of a pixel is enough. */
  static String px(double value) {
    long tenths = Math.round(10 * value);
    return tenths % 10 == 0 ? Long.toString(tenths / 10) : Double.toString(tenths / 10.0);
  }
}
