package org.patchgrid.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.patchgrid.study.TaskResult;

/** A study's directory on the local disk, and what drivers and executors do to it. */
final class StudyFolder {
  final Path root;
  final Configuration configuration = new Configuration();
  ComputedWith computedWith = Samples.COMPUTED_WITH;

  StudyFolder(Path root) {
    this.root = root;
  }

  org.apache.hadoop.fs.Path path() {
    return new org.apache.hadoop.fs.Path(root.toString());
  }

  ResultStore open() throws IOException {
    return open(Samples.identity());
  }

  ResultStore open(StudyIdentity identity) throws IOException {
    return open(identity, DriverRun.begin(Clock.systemUTC()));
  }

  ResultStore open(StudyIdentity identity, DriverRun run) throws IOException {
    return ResultStore.open(path(), configuration, identity, run, Clock.systemUTC());
  }

  /** What an executor of the store's run does with the sample task. */
  StagedTask stage(ResultStore store, int task) throws IOException {
    return stage(store, task, 1, Samples.result(task));
  }

  StagedTask stage(ResultStore store, int task, long attempt, TaskResult result)
      throws IOException {
    TaskWriter writer =
        new TaskWriter(
            store.directory(),
            configuration,
            store.run(),
            store.identity().fingerprint(),
            Samples.STUDY_ID,
            computedWith);
    return writer.write(Samples.task(task), attempt, result);
  }

  /** The whole study of so many sample tasks, in one run. */
  void complete(int tasks) throws IOException {
    try (ResultStore store = open()) {
      for (int task = 0; task < tasks; task++) {
        store.commit(stage(store, task));
      }
      store.finish(RunOutcome.COMPLETE, 0);
    }
  }

  Path file(String name) {
    return root.resolve(name);
  }

  Path file(ResultFile file) {
    return root.resolve(file.path());
  }

  /** Names of the files below a directory of the study, sorted; empty if there is none. */
  List<String> files(String directory) throws IOException {
    Path start = root.resolve(directory);
    if (!Files.exists(start)) {
      return List.of();
    }
    try (Stream<Path> found = Files.walk(start)) {
      return found
          .filter(Files::isRegularFile)
          .map(path -> start.relativize(path).toString())
          .sorted()
          .toList();
    }
  }

  void flipByte(String name) throws IOException {
    byte[] content = Files.readAllBytes(file(name));
    content[content.length / 3] ^= 1;
    Files.write(file(name), content);
  }

  void truncate(String name) throws IOException {
    byte[] content = Files.readAllBytes(file(name));
    Files.write(file(name), java.util.Arrays.copyOf(content, content.length / 2));
  }
}
