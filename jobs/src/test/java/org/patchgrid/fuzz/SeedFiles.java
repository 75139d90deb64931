package org.patchgrid.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Files of the repository that mutations begin with. */
final class SeedFiles {
  static final Path ROOT = Path.of(System.getProperty("patchgrid.root", ".")).toAbsolutePath();

  private SeedFiles() {}

  /** The files of a directory whose names end so, by name. */
  static List<byte[]> of(Path directory, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return contents(files, suffix);
    }
  }

  /** The same of all directories below it. */
  static List<byte[]> below(Path directory, String suffix) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return contents(files, suffix);
    }
  }

  static List<byte[]> texts(List<String> texts) {
    return texts.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
  }

  /** The files of a model, without those of its references. */
  static void copy(Path model, Path to) throws IOException {
    try (Stream<Path> files = Files.list(model)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith("model") || name.endsWith("config.json")) {
          Files.copy(file, to.resolve(name));
        }
      }
    }
  }

  private static List<byte[]> contents(Stream<Path> files, String suffix) throws IOException {
    List<byte[]> contents = new ArrayList<>();
    for (Path file : files.sorted().toList()) {
      if (file.toString().endsWith(suffix)) {
        contents.add(Files.readAllBytes(file));
      }
    }
    if (contents.isEmpty()) {
      throw new IOException("No file ends with " + suffix);
    }
    return contents;
  }
}
