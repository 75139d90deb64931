package org.patchgrid.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/** The golden files of one model: see {@code src/test/resources/goldens/README.md}. */
final class Goldens {
  private static final CSVFormat FORMAT =
      CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();

  private final String model;
  private final Map<GoldenKind, Map<GoldenKey, GoldenValues>> kinds =
      new EnumMap<>(GoldenKind.class);

  private Goldens(String model) {
    this.model = model;
  }

  static Goldens read(String model) {
    Goldens goldens = new Goldens(model);
    try (ZipInputStream files = new ZipInputStream(open(model + ".zip"), StandardCharsets.UTF_8)) {
      for (ZipEntry file = files.getNextEntry(); file != null; file = files.getNextEntry()) {
        goldens.add(file.getName(), new InputStreamReader(files, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return goldens;
  }

  /** The lines of a text file. */
  static List<String> lines(String file) {
    try (InputStream stream = open(file)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String file) {
    InputStream stream = Goldens.class.getResourceAsStream("/goldens/" + file);
    if (stream == null) {
      throw new IllegalStateException("The test resources lack goldens/" + file);
    }
    return stream;
  }

  private void add(String file, Reader content) throws IOException {
    String label = file.split("\\.", -1)[2];
    // Not closed: the archive's next file comes from the same stream.
    for (CSVRecord line : FORMAT.parse(content)) {
      GoldenKind kind =
          GoldenKind.of(label, line.get("pair_id"), line.get("component"), line.get("position"));
      GoldenKey key = key(line, kind);
      if (kinds.computeIfAbsent(kind, absent -> new LinkedHashMap<>()).put(key, values(line))
          != null) {
        throw new IllegalStateException("Twice in " + file + ": " + key);
      }
    }
  }

  private static GoldenKey key(CSVRecord line, GoldenKind kind) {
    return new GoldenKey(
        line.get("pair_id"),
        line.get("direction"),
        line.get("component"),
        Integer.parseInt(line.get("layer")),
        number(line.get("head")),
        number(line.get("position")),
        Integer.parseInt(line.get("window")),
        line.get("metric"),
        variant(line, kind));
  }

  private static String variant(CSVRecord line, GoldenKind kind) {
    if (line.isMapped("freeze")) {
      return line.get("receiver") + " " + line.get("freeze");
    }
    if (line.isMapped("method")) {
      return line.get("method");
    }
    if (line.isMapped("value")) {
      return line.get("value");
    }
    return kind.isOfNoise() ? "noise" : "";
  }

  private static GoldenValues values(CSVRecord line) {
    String recovery = line.get("recovery");
    return new GoldenValues(
        Double.parseDouble(line.get("clean")),
        Double.parseDouble(line.get("corrupted")),
        Double.parseDouble(line.get("patched")),
        recovery.isEmpty()
            ? OptionalDouble.empty()
            : OptionalDouble.of(Double.parseDouble(recovery)));
  }

  private static OptionalInt number(String text) {
    return text.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
  }

  String model() {
    return model;
  }

  /** Rows by key, in the order of the files. */
  Map<GoldenKind, Map<GoldenKey, GoldenValues>> kinds() {
    return kinds;
  }

  int rows() {
    return kinds.values().stream().mapToInt(Map::size).sum();
  }
}
