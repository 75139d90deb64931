package org.patchgrid.app;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.patchgrid.generate.NameCorruption;
import org.patchgrid.generate.Task;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Values of options as users write them. */
final class Converters {
  private Converters() {}

  static final class OfTask implements ITypeConverter<Task> {
    @Override
    public Task convert(String text) {
      return find(text, Task.values(), Task::label);
    }
  }

  static final class OfNameCorruption implements ITypeConverter<NameCorruption> {
    @Override
    public NameCorruption convert(String text) {
      return find(text, NameCorruption.values(), NameCorruption::label);
    }
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
