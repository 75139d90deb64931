package org.patchgrid.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The command in a JVM of its own, started as the launcher starts it; killed when closed. */
final class ChildJvm implements AutoCloseable {
  private static final long POLL_MILLISECONDS = 10;

  /** The thorough compiler costs a JVM of some seconds more than it saves. */
  private static final List<String> SHORT_LIVED =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  private final Process process;
  private final Path output;
  private final Path errors;

  private ChildJvm(Process process, Path output, Path errors) {
    this.process = process;
    this.output = output;
    this.errors = errors;
  }

  /**
   * @param directory a fresh one, for the streams and whatever Spark puts where it runs
   */
  static ChildJvm start(Path directory, String... arguments) throws IOException {
    return onClassPath(ownClassPath(), directory, arguments);
  }

  /** The same with options of the JVM, of which the later win. */
  static ChildJvm withOptions(List<String> options, Path directory, String... arguments)
      throws IOException {
    return start(List.of(), ownClassPath(), options, directory, arguments);
  }

  /** The same started by another command, which may change what the JVM finds. */
  static ChildJvm startedBy(List<String> command, Path directory, String... arguments)
      throws IOException {
    return start(command, ownClassPath(), List.of(), directory, arguments);
  }

  private static String ownClassPath() {
    return System.getProperty("java.class.path", "");
  }

  /** The same with other classes. */
  static ChildJvm onClassPath(String classPath, Path directory, String... arguments)
      throws IOException {
    return start(List.of(), classPath, List.of(), directory, arguments);
  }

  private static ChildJvm start(
      List<String> by, String classPath, List<String> options, Path directory, String... arguments)
      throws IOException {
    // A cluster on this machine looks for Spark's jars here; ours come by the class path.
    Files.createDirectories(directory.resolve("jars"));
    Path output = directory.resolve("stdout.txt");
    Path errors = directory.resolve("stderr.txt");
    List<String> command = new ArrayList<>(by);
    command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
    command.add("@" + SmallStudy.root().resolve("conf/jvm.options"));
    command.addAll(List.of("-Xmx1g", "-cp", classPath));
    command.add("-Dpatchgrid.home=" + SmallStudy.root());
    command.addAll(SHORT_LIVED);
    command.add("-Dspark.executor.extraJavaOptions=" + String.join(" ", SHORT_LIVED));
    command.addAll(options);
    command.add(Patchgrid.class.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "SPARK_HOME", directory.toString(),
                "SPARK_SCALA_VERSION", "2.13",
                "SPARK_LOCAL_IP", "127.0.0.1",
                "OMP_NUM_THREADS", "1"));
    return new ChildJvm(builder.start(), output, errors);
  }

  Ended await() throws IOException, InterruptedException {
    int exitCode = process.waitFor();
    return new Ended(exitCode, Files.readString(output), errors());
  }

  /** What it wrote to standard error so far: says why a test failed. */
  String errors() throws IOException {
    return Files.readString(errors);
  }

  /**
   * Returns the cells files of a study as soon as there are so many.
   *
   * @throws IllegalStateException if the command ends before
   */
  List<Path> awaitCells(Path study, int count) throws IOException, InterruptedException {
    while (true) {
      List<Path> files = SmallStudy.files(study.resolve("cells"));
      if (files.size() >= count) {
        return files;
      }
      poll("there were " + count + " files");
    }
  }

  /**
   * Returns as soon as it has written a text to standard error.
   *
   * @throws IllegalStateException if it ends before
   */
  void awaitError(String text) throws IOException, InterruptedException {
    while (!errors().contains(text)) {
      poll("it wrote '" + text + "'");
    }
  }

  /**
   * Returns the first line of standard output that begins so, once it is there.
   *
   * @throws IllegalStateException if it ends before
   */
  String awaitOutput(String beginning) throws IOException, InterruptedException {
    while (true) {
      String written = Files.readString(output);
      String whole = written.substring(0, written.lastIndexOf('\n') + 1);
      Optional<String> line = whole.lines().filter(l -> l.startsWith(beginning)).findFirst();
      if (line.isPresent()) {
        return line.get();
      }
      poll("it wrote '" + beginning + "'");
    }
  }

  /**
   * Returns as soon as a file is there and has content.
   *
   * @throws IllegalStateException if it ends before
   */
  void awaitFile(Path file) throws IOException, InterruptedException {
    while (!Files.exists(file) || Files.size(file) == 0) {
      poll("there was " + file);
    }
  }

  private void poll(String event) throws IOException, InterruptedException {
    if (process.waitFor(POLL_MILLISECONDS, TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("Ended before " + event + ": " + errors());
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** The processes that it has started, and those that they have. */
  List<Long> descendants() {
    return process.descendants().map(ProcessHandle::pid).toList();
  }

  /** Asks it to end, as a cluster or {@code kill} does: SIGTERM. */
  void terminate() {
    process.destroy();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
