package org.patchgrid.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Reason;
import org.patchgrid.study.Sha256;

/** The files of a result directory on the local disk, as they are at the moment of a call. */
public record StudyFiles(Path directory) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * The files of a study.
   *
   * @throws PatchgridException if the directory holds no study
   */
  public StudyFiles {
    if (!Files.isRegularFile(directory.resolve("manifest/study.json"))) {
      throw new PatchgridException(
          "No study in '%s': it has no manifest/study.json; name a directory that was the --out of a run"
              .formatted(directory));
    }
    directory = directory.toAbsolutePath().normalize();
  }

  /** Committed files of a table, by name. */
  List<Path> table(String name) throws IOException {
    return list(name, name.equals("manifest") ? ".jsonl" : ".parquet");
  }

  private List<Path> list(String folder, String suffix) throws IOException {
    Path path = directory.resolve(folder);
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    try (var files = Files.list(path)) {
      return files
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .filter(file -> file.getFileName().toString().endsWith(suffix))
          .sorted()
          .toList();
    }
  }

  /** {@code manifest/study.json}. */
  public JsonNode study() {
    return json("manifest/study.json");
  }

  /** {@code manifest/status.json}, or a missing node before the first run has ended. */
  public JsonNode status() {
    return Files.exists(directory.resolve("manifest/status.json"))
        ? json("manifest/status.json")
        : JSON.missingNode();
  }

  private JsonNode json(String name) {
    try {
      return JSON.readTree(Files.readAllBytes(directory.resolve(name)));
    } catch (IOException e) {
      throw new PatchgridException(
          "Cannot read '%s' in '%s': %s; restore it from a copy"
              .formatted(name, directory, Reason.of(e)),
          e);
    }
  }

  /** Every entry of the manifest. */
  public List<JsonNode> manifest() {
    List<JsonNode> entries = new ArrayList<>();
    try {
      for (Path file : table("manifest")) {
        for (String line : Files.readAllLines(file)) {
          entries.add(JSON.readTree(line));
        }
      }
    } catch (IOException e) {
      throw new PatchgridException(
          "Cannot read the manifest in '%s': %s; restore it from a copy"
              .formatted(directory, Reason.of(e)),
          e);
    }
    return entries;
  }

  /** What {@code patchgrid.cells} in the footer of aggregates of all committed files is. */
  String cellsHash() {
    SortedMap<String, String> hashes = new TreeMap<>();
    for (JsonNode entry : manifest()) {
      if (entry.path("event").asText().equals("files-compacted")) {
        return entry.path("cells").asText(); // the same rows in other files than they were in
      }
      for (JsonNode file : entry.path("files")) {
        hashes.put(file.path("path").asText(), file.path("sha256").asText());
      }
    }
    StringBuilder lines = new StringBuilder();
    hashes.forEach((path, hash) -> lines.append(path).append('\t').append(hash).append('\n'));
    return sha256(lines);
  }

  /** Changes whenever tables, manifest or aggregates do. */
  public String version() throws IOException {
    StringBuilder lines = new StringBuilder();
    List<Path> files = new ArrayList<>(table("manifest"));
    files.addAll(table("aggregates"));
    files.add(directory.resolve("manifest/status.json"));
    for (Path file : files) {
      try {
        lines.append(
            "%s %d %d%n"
                .formatted(
                    file.getFileName(),
                    Files.size(file),
                    Files.getLastModifiedTime(file).toMillis()));
      } catch (NoSuchFileException e) {
        lines.append(file.getFileName()).append(" absent\n");
      }
    }
    return sha256(lines).substring(0, 16);
  }

  private static String sha256(StringBuilder lines) {
    return Sha256.of(lines.toString().getBytes(StandardCharsets.UTF_8));
  }
}
