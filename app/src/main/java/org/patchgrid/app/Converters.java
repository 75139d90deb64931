package org.patchgrid.app;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Values of options as users write them. */
final class Converters {
  private Converters() {}

  /** What takes the labels of these values, in upper or lower case. */
  static <E> ITypeConverter<E> ofLabels(E[] values, Function<E, String> label) {
    return text -> find(text, values, label);
  }

  private static <E> E find(String text, E[] values, Function<E, String> label) {
    return Arrays.stream(values)
        .filter(value -> label.apply(value).equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'%s' is not one of %s"
                        .formatted(
                            text,
                            Arrays.stream(values).map(label).collect(Collectors.joining(", ")))));
  }
}
