package org.patchgrid.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;
import org.patchgrid.study.PatchgridException;

/**
 * What is complete, and what happened: the union of all manifest files. The order in which entries
 * are added does not matter. Not safe for several threads.
 */
final class Manifest {
  private static final String LIST_SUFFIX = ".jsonl";

  private final String directory;
  private final Map<Integer, ManifestEntry.TaskCommitted> tasks = new TreeMap<>();
  private final Map<Integer, String> quarantined = new TreeMap<>();
  private final Map<Object, Object> shared = new HashMap<>();
  private final Map<String, ManifestEntry.RunStarted> startedRuns = new TreeMap<>();
  private final Set<String> finishedRuns = new HashSet<>();
  private final Map<List<String>, Integer> modelLoads = new HashMap<>();
  private Optional<ManifestEntry.FilesCompacted> compacted = Optional.empty();

  Manifest(String directory) {
    this.directory = directory;
  }

  /**
   * Reads all manifest files.
   *
   * @throws TaskConflictException if a task is listed twice with different bytes
   * @throws PatchgridException if a manifest file cannot be read
   */
  static Manifest read(ResultDirectory directory) throws IOException {
    Manifest manifest = new Manifest(directory.toString());
    forEach(directory, manifest::add);
    return manifest;
  }

  interface EntryReader {
    void accept(ManifestEntry entry) throws IOException;
  }

  /**
   * Hands on every entry of all manifest files, one file in memory at a time.
   *
   * @throws PatchgridException if a manifest file cannot be read
   */
  static void forEach(ResultDirectory directory, EntryReader reader) throws IOException {
    for (FileStatus file : directory.list(ResultDirectory.MANIFEST)) {
      String name = file.getPath().getName();
      if (name.endsWith(LIST_SUFFIX)) {
        String path = ResultDirectory.MANIFEST + "/" + name;
        String content = new String(directory.read(path), StandardCharsets.UTF_8);
        for (String line : content.lines().toList()) {
          reader.accept(parse(directory, path, line));
        }
      }
    }
  }

  private static ManifestEntry parse(ResultDirectory directory, String name, String line) {
    return StoreJson.read(
        line.getBytes(StandardCharsets.UTF_8),
        ManifestEntry.class,
        name,
        directory.toString(),
        "restore it from a copy, or remove it to have its tasks adopted from their files");
  }

  void add(ManifestEntry entry) {
    if (entry instanceof ManifestEntry.TaskCommitted task) {
      ManifestEntry.TaskCommitted known =
          tasks.putIfAbsent(
              task.task(), task.with(shared(task.counts()), shared(task.computedWith())));
      if (known != null) {
        requireSameBytes(task.task(), known.files(), task.files());
      }
    } else if (entry instanceof ManifestEntry.TaskQuarantined task) {
      quarantined.put(task.task(), task.reason());
    } else if (entry instanceof ManifestEntry.RunStarted run) {
      startedRuns.put(run.run(), run);
    } else if (entry instanceof ManifestEntry.ModelLoaded load) {
      modelLoads.merge(List.of(load.run(), load.executor()), load.loads(), Math::max);
    } else if (entry instanceof ManifestEntry.RunFinished run) {
      finishedRuns.add(run.run());
    } else if (entry instanceof ManifestEntry.FilesCompacted files) {
      compacted = Optional.of(files);
    }
  }

  /** Most tasks have counts and machine in common with others: held once, in memory too. */
  @SuppressWarnings("unchecked") // equal records are of one type
  private <T> T shared(T value) {
    Object known = shared.putIfAbsent(value, value);
    return known == null ? value : (T) known;
  }

  /**
   * Compares the files of a task with those of another attempt at it.
   *
   * @throws TaskConflictException if they differ
   */
  void requireSameBytes(int task, List<ResultFile> known, List<ResultFile> other) {
    for (ResultTable table : ResultTable.values()) {
      String oneHash = hash(known, table);
      String otherHash = hash(other, table);
      if (!oneHash.equals(otherHash)) {
        throw new TaskConflictException(directory, table.path(task), oneHash, otherHash);
      }
    }
  }

  private static String hash(List<ResultFile> files, ResultTable table) {
    return files.stream()
        .filter(file -> file.table() == table)
        .map(ResultFile::sha256)
        .findFirst()
        .orElse("(no file)");
  }

  Optional<ManifestEntry.TaskCommitted> task(int number) {
    return Optional.ofNullable(tasks.get(number));
  }

  /** By task number. */
  Collection<ManifestEntry.TaskCommitted> tasks() {
    return Collections.unmodifiableCollection(tasks.values());
  }

  /** Where the rows are if this is the manifest of a compacted study. */
  Optional<ManifestEntry.FilesCompacted> compacted() {
    return compacted;
  }

  /** All files of the tables. */
  List<ResultFile> files() {
    return compacted
        .map(ManifestEntry.FilesCompacted::files)
        .orElseGet(() -> tasks.values().stream().flatMap(task -> task.files().stream()).toList());
  }

  /** The numbers of tasks by what they were computed with. */
  Map<ComputedWith, List<Integer>> tasksByMachine() {
    return tasks.values().stream()
        .collect(
            Collectors.groupingBy(
                ManifestEntry.TaskCommitted::computedWith,
                LinkedHashMap::new,
                Collectors.mapping(ManifestEntry.TaskCommitted::task, Collectors.toList())));
  }

  BitSet completedTasks() {
    BitSet completed = new BitSet();
    tasks.keySet().forEach(completed::set);
    return completed;
  }

  boolean hasFinished(String run) {
    return finishedRuns.contains(run);
  }

  /** The highest number of model loads that an executor reported in a run; 0 if it never did. */
  int modelLoads(String run, String executor) {
    return modelLoads.getOrDefault(List.of(run, executor), 0);
  }

  StoreSummary summary() {
    TaskCounts counts =
        tasks.values().stream()
            .map(ManifestEntry.TaskCommitted::counts)
            .reduce(TaskCounts.NONE, TaskCounts::plus);
    Map<Integer, String> givenUp = new TreeMap<>(quarantined);
    givenUp.keySet().removeAll(tasks.keySet());
    List<Map<String, String>> runs =
        startedRuns.values().stream().map(ManifestEntry.RunStarted::details).toList();
    int loads = modelLoads.values().stream().mapToInt(Integer::intValue).sum();
    return new StoreSummary(tasks.size(), counts, loads, givenUp, runs);
  }
}
