package org.patchgrid.app;

import java.util.Arrays;
import org.patchgrid.study.NearestName;
import org.patchgrid.study.PatchgridException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Values of options as users write them. */
final class Converters {
  private Converters() {}

  /** What takes the labels of these values, in upper or lower case. */
  static <E extends Enum<E>> ITypeConverter<E> ofLabels(E[] values) {
    return text -> find(text.strip(), values);
  }

  /**
   * Refuses zero and less.
   *
   * @throws PatchgridException if it is that
   */
  static void requirePositive(String option, int value) {
    if (value < 1) {
      throw new PatchgridException(option + " must be at least 1, not " + value);
    }
  }

  private static <E extends Enum<E>> E find(String text, E[] values) {
    return Arrays.stream(values)
        .filter(value -> value.toString().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'%s' is not one of %s"
                        .formatted(
                            text,
                            NearestName.list(
                                text, Arrays.stream(values).map(Enum::toString).toList()))));
  }
}
