package org.patchgrid.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.metric.Metric;
import org.patchgrid.study.Cell;
import org.patchgrid.study.CellStatus;
import org.patchgrid.study.CorruptionKind;
import org.patchgrid.study.Measurement;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.ValueKind;

class SortableRowTest {
  private static final Configuration PLAIN = new Configuration();

  /** Where UTF-8 and UTF-16 sort otherwise, and what looks like an end. */
  private static final List<String> TEXTS =
      List.of(
          "a", "ab", "a\0", "a\0b", "a\1", "b", "\0", "\u007f", "\u0080", "é", "\u07ff", "\u0800",
          "\uffee", "😀", "a😀");

  @TempDir private Path directory = Path.of("");

  @Test
  void bytesSortAsRowsDo() throws IOException {
    Random random = new Random(1);
    TreeSet<Measurement> rows = new TreeSet<>(Measurement.ROW_ORDER);
    while (rows.size() < 3_000) {
      rows.add(row(random));
    }
    List<Measurement> expected = List.copyOf(rows);
    List<SortableRow> encoded = encode(expected, 1);
    List<SortableRow> sorted = new ArrayList<>(encoded);
    java.util.Collections.shuffle(sorted, random);
    sorted.sort((one, other) -> Arrays.compareUnsigned(one.key(), other.key()));
    assertThat(sorted.stream().map(row -> SortableRow.decode(row.key(), row.values())))
        .isEqualTo(expected);
  }

  @Test
  void everyNthRowIsRead() throws IOException {
    List<Measurement> rows = SampleRows.manyRows(2);
    List<SortableRow> encoded = encode(rows, 7);
    List<Measurement> expected = new ArrayList<>();
    for (int i = 0; i < rows.size(); i += 7) {
      expected.add(rows.get(i));
    }
    assertThat(encoded.stream().map(row -> SortableRow.decode(row.key(), row.values())))
        .isEqualTo(expected);
  }

  private List<SortableRow> encode(List<Measurement> rows, int step) throws IOException {
    Path file = directory.resolve("rows-" + step);
    CellTable.write(
        HadoopOutputFile.fromPath(new org.apache.hadoop.fs.Path(file.toString()), PLAIN),
        PLAIN,
        FooterTag.ofTask("f", 0),
        "study",
        rows);
    List<SortableRow> encoded = new ArrayList<>();
    Iterator<SortableRow> read = SortableRow.rows(Files.readAllBytes(file), step, PLAIN);
    read.forEachRemaining(encoded::add);
    return encoded;
  }

  private static Measurement row(Random random) {
    Cell cell =
        new Cell(
            text(random),
            text(random),
            one(random, PatchDirection.values()),
            text(random),
            random.nextInt(3),
            1 + random.nextInt(2),
            optional(random),
            optional(random),
            random.nextBoolean() ? Optional.of(text(random)) : Optional.empty(),
            one(random, ValueKind.values()),
            one(random, CorruptionKind.values()),
            optional(random),
            random.nextBoolean() ? Optional.of(text(random)) : Optional.empty());
    return new Measurement(
        cell,
        one(random, Metric.values()),
        number(random),
        number(random),
        number(random),
        number(random),
        number(random),
        one(random, CellStatus.values()));
  }

  private static String text(Random random) {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private static <E> E one(Random random, E[] values) {
    return values[random.nextInt(values.length)];
  }

  private static OptionalInt optional(Random random) {
    int number = random.nextInt(4) - 1;
    return number < 0 ? OptionalInt.empty() : OptionalInt.of(number == 2 ? 1 << 20 : number);
  }

  private static OptionalDouble number(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> OptionalDouble.empty();
      case 1 -> OptionalDouble.of(-0.0);
      default -> OptionalDouble.of(random.nextGaussian());
    };
  }
}
