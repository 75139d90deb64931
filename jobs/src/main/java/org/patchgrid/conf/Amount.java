package org.patchgrid.conf;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many of some things: a number of them, or a share. */
public sealed interface Amount extends Serializable {
  /** How many of so many; at least one. */
  long of(long all);

  /** A share above 0, at most 1. */
  record Share(double share) implements Amount {
    public Share {
      if (!(share > 0 && share <= 1)) {
        throw new IllegalArgumentException("Invalid share: " + share);
      }
    }

    @Override
    public long of(long all) {
      BigDecimal exactly = BigDecimal.valueOf(share).multiply(BigDecimal.valueOf(all));
      return Math.max(1, exactly.setScale(0, RoundingMode.CEILING).longValueExact());
    }

    @Override
    public String toString() {
      BigDecimal percent = new BigDecimal(Double.toString(share)).movePointRight(2);
      return percent.stripTrailingZeros().toPlainString() + "%";
    }
  }

  /** A number from 1. */
  record Count(int number) implements Amount {
    public Count {
      if (number < 1) {
        throw new IllegalArgumentException("Invalid number: " + number);
      }
    }

    @Override
    public long of(long all) {
      return Math.min(all, number);
    }

    @Override
    public String toString() {
      return Integer.toString(number);
    }
  }

  /** What {@code 5%} or {@code 20} spells; empty if it spells neither. */
  static Optional<Amount> parse(String text) {
    Matcher percent = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,9})?)\\s*%").matcher(text.strip());
    if (percent.matches()) {
      double share = new BigDecimal(percent.group(1)).movePointLeft(2).doubleValue();
      return share > 0 && share <= 1 ? Optional.of(new Share(share)) : Optional.empty();
    }
    return StudySection.wholeNumber(text.strip(), 1).<Amount>map(Count::new);
  }
}
