package org.patchgrid.tokenize;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.util.NativeResource;
import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Reason;
import org.slf4j.LoggerFactory;

/** One run of {@link TokenizerProbe} in a JVM of its own. */
record TokenizerChild(Path tokenizerJson, long fileBytes, Duration timeLimit) {
  /** Settings of this JVM that decide which native library is loaded, and from where. */
  private static final List<String> INHERITED_PROPERTIES =
      List.of(
          "DJL_CACHE_DIR",
          "ENGINE_CACHE_DIR",
          "RUST_LIBRARY_PATH",
          "RUST_FLAVOR",
          "user.home",
          "java.io.tmpdir");

  /** Used by DJL on some machines only, so they may be absent. */
  private static final List<String> OPTIONAL_CLASSES =
      List.of("com.google.gson.Gson", "com.sun.jna.Native");

  private static final String NATIVE_LIBRARIES = "native/lib/tokenizers.properties";

  private static final long MEBIBYTE = 1 << 20;

  TokenizerChild {
    tokenizerJson = tokenizerJson.toAbsolutePath();
  }

  /**
   * @throws PatchgridException unless the tokenizer loaded and worked
   */
  void run() {
    try {
      Path directory = Files.createTempDirectory("patchgrid-tokenizer");
      try {
        judge(output(directory));
      } finally {
        deleteAll(directory);
      }
    } catch (IOException e) {
      throw new PatchgridException(
          "Cannot check %s in a child process: %s; make room in the directory for temporary files, or name another by -Djava.io.tmpdir"
              .formatted(tokenizerJson, Reason.of(e)),
          e);
    }
  }

  /** What the child printed. It works in {@code directory}, where its crash files stay. */
  private String output(Path directory) throws IOException {
    Path output = directory.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command())
            .directory(directory.toFile())
            .redirectInput(tokenizerJson.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    // Agents and debuggers meant for this JVM would start in the child too, on the same port.
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().remove("JDK_JAVA_OPTIONS");
    await(builder.start());
    return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
  }

  private void await(Process child) throws IOException {
    try {
      if (!child.waitFor(timeLimit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new PatchgridException(
            "Cannot load tokenizer %s: it did not load within %d s in a child process; try again on a less busy machine, or download it again"
                .formatted(tokenizerJson, timeLimit.toSeconds()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(
          new InterruptedIOException("Interrupted while checking " + tokenizerJson));
    } finally {
      // Waited for, so that nothing writes into the directory while it is deleted.
      child.destroyForcibly().onExit().join();
    }
  }

  private void judge(String output) {
    List<String> lines = output.lines().toList();
    if (lines.contains(TokenizerProbe.PASSED)) {
      return;
    }
    String reason = reason(lines).orElse("the process that tried it ended without a message");
    if (!lines.contains(TokenizerProbe.LIBRARY_LOADED)) {
      throw new PatchgridException("Cannot load the native tokenizer library: " + reason);
    }
    throw new PatchgridException(
        "Cannot load tokenizer %s: %s; the file is damaged or of an unknown kind: download it again"
            .formatted(tokenizerJson, reason));
  }

  /** The probe's own word, or the line after a Rust panic's place, or else Java's exception. */
  private static Optional<String> reason(List<String> lines) {
    Stream<String> failed =
        lines.stream()
            .filter(line -> line.startsWith(TokenizerProbe.FAILED))
            .map(line -> line.substring(TokenizerProbe.FAILED.length()));
    Stream<String> panic =
        lines.stream().dropWhile(line -> !line.contains(" panicked at ")).skip(1);
    Stream<String> thrown =
        lines.stream().filter(line -> line.contains("Error: ") || line.contains("Exception: "));
    Stream<String> any = lines.stream().filter(line -> !line.equals(TokenizerProbe.LIBRARY_LOADED));
    return Stream.of(failed, panic, thrown, any)
        .flatMap(candidates -> candidates)
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("SLF4J"))
        .findFirst();
  }

  private List<String> command() {
    long heapMebibytes = 128 + 12 * (fileBytes / MEBIBYTE); // bytes, text and copies of both
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heapMebibytes + "m");
    command.add("-XX:+UseSerialGC");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:-CreateCoredumpOnCrash");
    command.add("-D" + TokenizerProbe.OFFLINE + "=true");
    command.add("-DOPT_OUT_TRACKING=true");
    for (String property : INHERITED_PROPERTIES) {
      Optional.ofNullable(System.getProperty(property))
          .ifPresent(value -> command.add("-D" + property + "=" + value));
    }
    command.add("-cp");
    command.add(classPath());
    command.add(TokenizerProbe.class.getName());
    return command;
  }

  /**
   * Only what the probe needs: on a cluster the whole class path may be longer than a command line
   * can be, and under some launchers it is not in {@code java.class.path} at all.
   */
  private static String classPath() {
    Set<Path> entries = new LinkedHashSet<>();
    Stream.of(
            TokenizerProbe.class,
            HuggingFaceTokenizer.class,
            NativeResource.class,
            LoggerFactory.class)
        .forEach(needed -> entries.add(location(needed)));
    for (String name : OPTIONAL_CLASSES) {
      optionalClass(name).ifPresent(present -> entries.add(location(present)));
    }
    nativeLibraries().ifPresent(entries::add);
    return entries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  private static Optional<Class<?>> optionalClass(String name) {
    try {
      return Optional.of(Class.forName(name, false, TokenizerChild.class.getClassLoader()));
    } catch (ClassNotFoundException absent) {
      return Optional.empty();
    }
  }

  /** The jar of the native libraries, which is one of its own under spark-submit. */
  private static Optional<Path> nativeLibraries() {
    @Nullable URL found = TokenizerChild.class.getClassLoader().getResource(NATIVE_LIBRARIES);
    if (found == null || !found.getProtocol().equals("jar")) {
      return Optional.empty();
    }
    String jar = found.getPath().substring(0, found.getPath().indexOf("!/"));
    return Optional.of(Path.of(URI.create(jar)));
  }

  private static Path location(Class<?> loaded) {
    @Nullable CodeSource source = loaded.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      throw new IllegalStateException("Cannot tell which jar holds " + loaded.getName());
    }
    try {
      URI uri = source.getLocation().toURI();
      return Path.of(uri);
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw new IllegalStateException(
          "Cannot find the jar that holds " + loaded.getName() + ": " + source.getLocation(), e);
    }
  }

  private static void deleteAll(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
