package org.patchgrid.kernel;

import ai.djl.engine.Engine;
import ai.djl.util.ClassLoaderUtils;
import ai.djl.util.Platform;
import ai.djl.util.Utils;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Reason;

/**
 * The engine's native libraries. DJL unpacks them from a jar into its cache when they are first
 * used; this looks before, because a library that a full disk has cut short ends the whole process.
 */
public final class NativeLibraries {
  private static final String ENGINE = "pytorch";
  private static final int MEBIBYTE = 1 << 20;

  private final Path cache;
  private final String unpacked;
  private final Map<String, Long> bytesInJar;

  /**
   * @param cache where DJL keeps libraries of this engine
   * @param unpacked the directory in it of this version
   * @param bytesInJar their sizes by name
   */
  NativeLibraries(Path cache, String unpacked, Map<String, Long> bytesInJar) {
    this.cache = cache;
    this.unpacked = unpacked;
    this.bytesInJar = new LinkedHashMap<>(bytesInJar);
  }

  /**
   * Those of this machine; none to look at where the user names a PyTorch of his own.
   *
   * @throws PatchgridException if the class path has none for this machine
   */
  public static Optional<NativeLibraries> here() {
    if (Utils.getEnvOrSystemProperty(CudaMachine.LIBRARY_PATH) != null) {
      return Optional.empty();
    }
    Platform platform = Platform.detectPlatform(ENGINE);
    Map<String, Long> bytes = new LinkedHashMap<>();
    for (String library : platform.getLibraries()) {
      String resource =
          "%s/%s/%s/%s".formatted(ENGINE, platform.getFlavor(), platform.getClassifier(), library);
      bytes.put(library, size(resource));
    }
    String unpacked =
        "%s-%s-%s".formatted(platform.getVersion(), platform.getFlavor(), platform.getClassifier());
    return Optional.of(new NativeLibraries(Utils.getEngineCacheDir(ENGINE), unpacked, bytes));
  }

  /**
   * The engine. One thread of arithmetic a task, unless told otherwise: tasks share the cores. And
   * nothing is downloaded: what a machine lacks its user names or installs.
   *
   * @throws PatchgridException if its libraries cannot be loaded, as far as that can be seen before
   */
  public static Engine engine() {
    setUnlessSet("ai.djl.pytorch.num_threads", "1");
    setUnlessSet("ai.djl.pytorch.num_interop_threads", "1");
    setUnlessSet("ai.djl.offline", "true");
    here().ifPresent(NativeLibraries::requireUsable);
    NativeHeap.keepFreed();
    return Engine.getEngine("PyTorch");
  }

  private static void setUnlessSet(String property, String value) {
    System.setProperty(property, System.getProperty(property, value));
  }

  private static long size(String resource) {
    @Nullable URL url = ClassLoaderUtils.getContextClassLoader().getResource(resource);
    if (url == null) {
      throw new PatchgridException(
          "The class path has no %s: add patchgrid-natives.jar of this kind of machine by --jars, or use patchgrid-all.jar (docs/cluster.md)"
              .formatted(resource));
    }
    try {
      return url.openConnection().getContentLengthLong();
    } catch (IOException e) {
      throw new PatchgridException("Cannot read " + url + ": " + Reason.of(e), e);
    }
  }

  /**
   * Looks whether they can be loaded: unpacked as long as in the jar, or space to unpack them; and
   * a file system that lets programs run.
   *
   * @throws PatchgridException saying what to mend, and where
   */
  public void requireUsable() {
    try {
      Files.createDirectories(cache);
      Path directory = cache.resolve(unpacked);
      if (Files.isDirectory(directory)) {
        requireWhole(directory);
      } else {
        requireSpace();
      }
      requireExecutable();
    } catch (IOException e) {
      throw new PatchgridException(
          "Cannot use %s for native libraries: %s; name another directory in DJL_CACHE_DIR"
              .formatted(cache, Reason.of(e)),
          e);
    }
  }

  private void requireWhole(Path directory) throws IOException {
    for (Map.Entry<String, Long> library : bytesInJar.entrySet()) {
      Path file = directory.resolve(library.getKey());
      long found = Files.exists(file) ? Files.size(file) : 0;
      if (found != library.getValue()) {
        throw new PatchgridException(
            String.format(
                Locale.ROOT,
                "%s is damaged: it has %,d bytes, not %,d; delete %s, and it is unpacked again",
                file,
                found,
                library.getValue(),
                directory));
      }
    }
  }

  private void requireSpace() throws IOException {
    long needed = bytesInJar.values().stream().mapToLong(Long::longValue).sum();
    long free = Files.getFileStore(cache).getUsableSpace();
    if (needed > free) {
      throw new PatchgridException(
          String.format(
              Locale.ROOT,
              "Cannot unpack native libraries into %s: they take %,d MiB and %,d MiB are free; make room, or name another directory in DJL_CACHE_DIR",
              cache,
              needed / MEBIBYTE,
              free / MEBIBYTE));
    }
  }

  /** Libraries are mapped as code, which a disk that is mounted with noexec refuses. */
  private void requireExecutable() throws IOException {
    Path program = Files.createTempFile(cache, "patchgrid", ".sh");
    try {
      Files.writeString(program, "#!/bin/sh\nexit 0\n");
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
      new ProcessBuilder(program.toString()).start().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (IOException e) {
      throw new PatchgridException(
          "Cannot run native libraries from %s: %s; if its disk is mounted with noexec, name a directory on another disk in DJL_CACHE_DIR"
              .formatted(cache, Reason.of(e)),
          e);
    } finally {
      Files.delete(program);
    }
  }
}
