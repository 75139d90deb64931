package org.patchgrid.weights;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
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
 * by a rename, and is never written again, since others may have it mapped. So only who writes
 * holds the lock, which ends with its process; what that left half written is deleted by the next.
 * Where files cannot be written, weights that are not there are this process's own. One thread uses
 * it.
 */
final class SharedWeights {
  private static final Logger log = LoggerFactory.getLogger(SharedWeights.class);

  /** Of a matrix: what one of Java's buffers can show. */
  static final long LARGEST_BYTES = Integer.MAX_VALUE;

  private static final double BYTES_A_MEGABYTE = 1e6;
  private static final Pattern MATRIX = Pattern.compile("\\d+\\.float32");
  private static final String INCOMING = "incoming-";

  private final Path directory;
  private int matrices;
  private boolean writable = true;

  private SharedWeights(Path directory) {
    this.directory = directory;
  }

  /**
   * Those of one model; empty, with a line in the log, where there is no room for them.
   *
   * @param directory of this content alone
   * @param bytes that all of them take
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
      for (Path file : files.toList()) {
        // not one that is being written, and may be gone at any moment
        boolean isMatrix = MATRIX.matcher(String.valueOf(file.getFileName())).matches();
        bytes += isMatrix ? Files.size(file) : 0;
      }
    }
    return bytes;
  }

  /**
   * The next matrix of the model, as all processes have it: read-only. The given one is closed, or
   * is the result where it cannot be shared.
   *
   * @param matrix float32, in one piece, of the CPU
   */
  NDArray share(NDArray matrix) {
    if (Float.BYTES * matrix.getShape().size() > LARGEST_BYTES) {
      return matrix;
    }
    Path file = directory.resolve(String.format(Locale.ROOT, "%05d.float32", matrices++));
    Optional<ByteBuffer> mapped = mapped(file, NativeArrays.memory(matrix));
    if (mapped.isEmpty()) {
      return matrix;
    }
    NDArray shared = NativeArrays.around(matrix.getManager(), mapped.get(), matrix.getShape());
    matrix.close();
    return shared;
  }

  private Optional<ByteBuffer> mapped(Path file, ByteBuffer values) {
    try {
      Optional<ByteBuffer> there = there(file, values);
      return there.isPresent() || !writable ? there : Optional.of(written(file, values));
    } catch (IOException e) {
      writable = false; // said once, not of every matrix
      log.warn(
          "Executors of this host share only those weights that are in {} already, since more could not be written: {}",
          directory,
          e.toString());
      return Optional.empty();
    }
  }

  /** What lies there, if it is what the checkpoint says. */
  private static Optional<ByteBuffer> there(Path file, ByteBuffer values) throws IOException {
    return Files.exists(file)
        ? Optional.of(map(file)).filter(mapped -> mapped.equals(values))
        : Optional.empty();
  }

  /** One thread of one process of this host. */
  private ByteBuffer written(Path file, ByteBuffer values) throws IOException {
    synchronized (SharedWeights.class) {
      try (FileChannel channel =
              FileChannel.open(
                  directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        log.trace("Holding {} for {}", lock, file);
        Optional<ByteBuffer> meanwhile = there(file, values);
        if (meanwhile.isPresent()) {
          return meanwhile.get();
        }
        if (Files.exists(file)) {
          log.warn("{} is not what the checkpoint says: writing it again", file);
        }
        deleteHalfWritten();
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

  /** By a process that has died since, as long as this one holds the lock. */
  private void deleteHalfWritten() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, INCOMING + "*")) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private void write(Path file, ByteBuffer values) throws IOException {
    Path incoming = Files.createTempFile(directory, INCOMING, ".float32");
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
