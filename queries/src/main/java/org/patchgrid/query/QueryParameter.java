package org.patchgrid.query;

import java.util.Optional;
import java.util.OptionalLong;
import org.patchgrid.study.PatchgridException;

/**
 * A column of the view {@code parameters}.
 *
 * @param required whether a value must be given
 * @param defaultText without a value; empty for null
 * @param least the smallest number that has a meaning; empty for any, and for what is no number
 */
public record QueryParameter(
    String name,
    ColumnType type,
    boolean required,
    Optional<String> defaultText,
    OptionalLong least) {

  /**
   * The value that a user typed.
   *
   * @throws PatchgridException if it is of another type, or less than the least
   */
  Object parse(String text) {
    Object value = type.parse(name, text);
    if (least.isPresent() && value instanceof Number number && isLess(number)) {
      throw new PatchgridException(
          "Cannot use '%s' as the parameter %s: it must be at least %d"
              .formatted(text, name, least.getAsLong()));
    }
    return value;
  }

  private boolean isLess(Number number) {
    return !(number.doubleValue() >= least.orElseThrow());
  }
}
