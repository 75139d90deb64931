package org.patchgrid.experiment;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.patchgrid.kernel.NativeArrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Matrices of one model in files of this host, which every process that loads it maps: they are in
 * memory once, whoever uses them.
 *
 * <p>A file is one matrix as it is in memory, in the order of loading. What lies there is compared
 * with what the checkpoint gives, bit for bit, and replaced where it differs; a file appears whole,
 * by a rename, and is never written again, since others may have it mapped. Where there is no room,
 * weights are this process's own. One thread uses it.
 */
final class SharedWeights {
  private static final Logger log = LoggerFactory.getLogger(SharedWeights.class);
  private static final double BYTES_A_MEGABYTE = 1e6;
  private static final Pattern MATRIX = Pattern.compile("\\d+\\.float32");

  private final Path directory;
  private int matrices;

  private SharedWeights(Path directory) {
    this.directory = directory;
  }

  /**
   * Those of one model; empty, with a line in the log, where there is no room for them.
   *
   * @param directory of this content alone
   * @param bytes that all of them take at most
   */
  static Optional<SharedWeights> in(Path directory, long bytes) {
    try {
      Files.createDirectories(directory);
      long missing = bytes - bytesIn(directory);
      FileStore store = Files.getFileStore(directory);
      if (missing <= store.getUsableSpace()) {
        return Optional.of(new SharedWeights(directory));
      }
      log.warn(
          String.format(
              Locale.ROOT,
              "Executors of this host do not share their weights: %s would take %,.0f MB more and %,.0f MB are free",
              directory,
              missing / BYTES_A_MEGABYTE,
              store.getUsableSpace() / BYTES_A_MEGABYTE));
    } catch (IOException e) {
      log.warn(
          "Executors of this host do not share their weights in {}: {}", directory, e.toString());
    }
    return Optional.empty();
  }

  private static long bytesIn(Path directory) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(SharedWeights::isMatrix).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  /** Not one that is being written, and may be gone at any moment. */
  private static boolean isMatrix(Path file) {
    return MATRIX.matcher(String.valueOf(file.getFileName())).matches();
  }

  /**
   * The next matrix of the model, as all processes have it: read-only. The given one is closed, or
   * is the result where it cannot be shared.
   *
   * @param matrix float32, in one piece, of the CPU
   */
  NDArray share(NDArray matrix) {
    long bytes = Float.BYTES * matrix.getShape().size();
    if (bytes > Integer.MAX_VALUE) {
      return matrix; // more than a buffer of Java's shows
    }
    Path file = directory.resolve(String.format(Locale.ROOT, "%05d.float32", matrices++));
    try {
      ByteBuffer mapped = mapped(file, NativeArrays.memory(matrix));
      NDArray shared = NativeArrays.around(matrix.getManager(), mapped, matrix.getShape());
      matrix.close();
      return shared;
    } catch (IOException e) {
      log.warn("Executors of this host do not share the weights in {}: {}", file, e.toString());
      return matrix;
    }
  }

  /** One thread of one process of this host. */
  private ByteBuffer mapped(Path file, ByteBuffer values) throws IOException {
    synchronized (SharedWeights.class) {
      try (FileChannel channel =
              FileChannel.open(
                  directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        log.trace("Holding {} for {}", lock, file);
        if (Files.exists(file)) {
          ByteBuffer mapped = map(file);
          if (mapped.equals(values)) {
            return mapped;
          }
          log.warn("{} is not what the checkpoint says: writing it again", file);
        }
        write(file, values.duplicate());
        return map(file);
      }
    }
  }

  private static ByteBuffer map(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    }
  }

  private void write(Path file, ByteBuffer values) throws IOException {
    Path incoming = Files.createTempFile(directory, "incoming-", ".float32");
    try {
      try (FileChannel channel = FileChannel.open(incoming, StandardOpenOption.WRITE)) {
        while (values.hasRemaining()) {
          channel.write(values);
        }
      }
      Files.move(incoming, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(incoming);
    }
  }
}
