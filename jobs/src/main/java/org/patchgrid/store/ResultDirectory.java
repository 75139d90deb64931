package org.patchgrid.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.parquet.hadoop.util.HadoopStreams;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;
import org.patchgrid.study.Reason;
import org.patchgrid.study.Sha256;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A study's directory on whatever file system holds it; files are named relative to it, with {@code
 * /}.
 *
 * <p>On the local file system Hadoop's own checksum files are bypassed (by the raw file system
 * below {@code LocalFileSystem}, so that a setting of the shared instance need not change): a stale
 * {@code .crc} makes a good file unreadable, and the manifest has a better hash of every file.
 */
record ResultDirectory(FileSystem fileSystem, Path root, Configuration configuration) {
  static final String STAGING = "_staging";
  static final String MANIFEST = "manifest";
  static final String AGGREGATES = "aggregates";
  private static final Logger log = LoggerFactory.getLogger(ResultDirectory.class);
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int WRITE_ATTEMPTS = 5;

  static ResultDirectory at(Path directory, Configuration configuration) throws IOException {
    FileSystem shared = fileSystem(directory, configuration);
    FileSystem raw =
        shared instanceof ChecksumFileSystem checksummed ? checksummed.getRawFileSystem() : shared;
    FileSystem fileSystem = LocalDisk.insteadOf(raw, configuration);
    return new ResultDirectory(fileSystem, shared.makeQualified(directory), configuration);
  }

  /** Hadoop throws bare runtime exceptions where the classes of a file system are not there. */
  private static FileSystem fileSystem(Path directory, Configuration configuration)
      throws IOException {
    try {
      return directory.getFileSystem(configuration);
    } catch (RuntimeException e) {
      if (e.getCause() instanceof ClassNotFoundException) {
        throw new IOException(
            "the Java classes of the file system %s are not on the class path"
                .formatted(directory.toUri().getScheme()),
            e);
      }
      throw e;
    }
  }

  Path resolve(String name) {
    return new Path(root, name);
  }

  /** The first of some names, for a message. */
  static String some(List<String> names) {
    String first =
        names.stream().limit(3).map(name -> "'" + name + "'").collect(Collectors.joining(", "));
    return first + (names.size() > 3 ? " and more" : "");
  }

  /** The directory as a user would write it. */
  @Override
  public String toString() {
    return "file".equals(root.toUri().getScheme()) ? root.toUri().getPath() : root.toString();
  }

  Optional<FileStatus> rootStatus() throws IOException {
    return statusOf(root);
  }

  Optional<FileStatus> status(String name) throws IOException {
    return statusOf(resolve(name));
  }

  private Optional<FileStatus> statusOf(Path path) throws IOException {
    try {
      return Optional.of(naming("look at", path, () -> fileSystem.getFileStatus(path)));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  boolean exists(String name) throws IOException {
    return status(name).isPresent();
  }

  /** What lies directly in the study's directory, hidden entries left out, by name. */
  List<FileStatus> list() throws IOException {
    return list(root);
  }

  /** What lies directly in a directory, hidden entries left out, by name; empty if it is absent. */
  List<FileStatus> list(String name) throws IOException {
    return list(resolve(name));
  }

  private List<FileStatus> list(Path path) throws IOException {
    try {
      return Arrays.stream(naming("list", path, () -> fileSystem.listStatus(path)))
          .filter(entry -> !entry.getPath().getName().startsWith("."))
          .sorted(Comparator.comparing(entry -> entry.getPath().getName()))
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      // The local file system has no type for a directory that goes while it looks.
      if (statusOf(path).isPresent()) {
        throw e;
      }
      return List.of();
    }
  }

  void makeDirectory(String name) throws IOException {
    Path path = resolve(name);
    if (!naming("make the directory", path, () -> fileSystem.mkdirs(path))) {
      throw new IOException("Cannot make the directory " + path);
    }
  }

  /** To be closed by the caller. */
  InputStream stream(String name) throws IOException {
    Path path = resolve(name);
    return naming("read", path, () -> fileSystem.open(path));
  }

  byte[] read(String name) throws IOException {
    return reading(name, InputStream::readAllBytes);
  }

  String sha256(String name) throws IOException {
    return reading(
        name,
        in -> {
          MessageDigest digest = Sha256.begin();
          byte[] buffer = new byte[BUFFER_BYTES];
          for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            digest.update(buffer, 0, read);
          }
          return Sha256.end(digest);
        });
  }

  private interface Reader<T> {
    T read(InputStream in) throws IOException;
  }

  private <T> T reading(String name, Reader<T> reader) throws IOException {
    Path path = resolve(name);
    return naming(
        "read",
        path,
        () -> {
          try (InputStream in = fileSystem.open(path)) {
            return reader.read(in);
          }
        });
  }

  /**
   * Reads a file back.
   *
   * @throws DamagedFileException if it is not what was written
   */
  void requireBytes(String name, long bytes, String sha256) throws IOException {
    Optional<FileStatus> status = status(name);
    if (status.isEmpty()) {
      throw new DamagedFileException("Staged file is missing: " + resolve(name));
    }
    if (status.get().getLen() != bytes) {
      throw new DamagedFileException(
          "Staged file has %d bytes, not the %d that were written: %s"
              .formatted(status.get().getLen(), bytes, resolve(name)));
    }
    if (!sha256(name).equals(sha256)) {
      throw new DamagedFileException(
          "Staged file has other bytes than were written: " + resolve(name));
    }
  }

  InputFile input(String name) throws IOException {
    Path path = resolve(name);
    long length = naming("look at", path, () -> fileSystem.getFileStatus(path)).getLen();
    return new Input(fileSystem, path, length);
  }

  HashingOutput output(String name) {
    return new HashingOutput(fileSystem, resolve(name));
  }

  /** Writes the rows of a file of a table, and counts them. */
  interface TableWriter {
    long write(HashingOutput out) throws IOException;
  }

  ResultFile write(ResultTable table, String name, TableWriter rows) throws IOException {
    HashingOutput out = output(name);
    try {
      long written = rows.write(out);
      return new ResultFile(table, name, written, out.bytes(), out.sha256());
    } catch (IOException e) {
      throw new IOException("Cannot write " + resolve(name) + ": " + Reason.of(e), e);
    }
  }

  void touch(String name) throws IOException {
    retrying(() -> write(name, out -> {}));
  }

  /** Writes a new file so that readers see all of it or none. */
  void writeNew(String name, byte[] content, DriverRun run) throws IOException {
    writeNew(name, out -> out.write(content), run);
  }

  private interface Content {
    void write(OutputStream out) throws IOException;
  }

  private void writeNew(String name, Content content, DriverRun run) throws IOException {
    retrying(
        () -> {
          String temporary = write(temporaryName(name, run), content);
          moveToFreeName(temporary, name);
          return temporary;
        });
  }

  /** Copies a file of another directory to the same name, so that readers see all of it or none. */
  void copyNew(ResultDirectory from, String name, DriverRun run) throws IOException {
    writeNew(
        name,
        out -> {
          try (InputStream in = from.stream(name)) {
            in.transferTo(out);
          }
        },
        run);
  }

  /** As {@link #writeNew}, where another driver may be faster; then its file stays. */
  void writeUnlessThere(String name, byte[] content, DriverRun run) throws IOException {
    try {
      writeNew(name, content, run);
    } catch (IOException e) {
      if (!exists(name)) {
        throw e;
      }
    }
  }

  /**
   * Writes a file over the one of the same name, if there is one. Atomic where the file system has
   * a rename that overwrites (local, HDFS); elsewhere a reader may find no file for a moment, never
   * half of one.
   */
  void replace(String name, byte[] content, DriverRun run) throws IOException {
    retrying(
        () -> {
          String temporary = write(temporaryName(name, run), out -> out.write(content));
          moveOver(temporary, name);
          return temporary;
        });
  }

  /** Renames a whole file over the one of that name, if there is one; see {@link #replace}. */
  void moveOver(String fromName, String toName) throws IOException {
    Path from = resolve(fromName);
    Path to = resolve(toName);
    if ("file".equals(fileSystem.getUri().getScheme())) {
      rename(from, to);
      return;
    }
    try {
      FileContext.getFileContext(root.toUri(), configuration)
          .rename(from, to, Options.Rename.OVERWRITE);
    } catch (UnsupportedFileSystemException | UnsupportedOperationException e) {
      // A file system without FileContext: the plain rename wants a free name.
      delete(toName);
      rename(from, to);
    }
  }

  private static String temporaryName(String name, DriverRun run) {
    return run.stagingDirectory() + "/" + name.replace('/', '-') + ".tmp";
  }

  private String write(String name, Content content) throws IOException {
    Path path = resolve(name);
    return naming(
        "write",
        path,
        () -> {
          try (OutputStream out = fileSystem.create(path, true)) {
            content.write(out);
          }
          return name;
        });
  }

  /**
   * Renames a whole file to a name that must be free. The check comes first because the local
   * rename overwrites in silence; two drivers that pass it together are found by their listings.
   */
  void moveToFreeName(String from, String to) throws IOException {
    if (exists(to)) {
      throw new IOException("Cannot rename to " + resolve(to) + ": it exists");
    }
    rename(resolve(from), resolve(to));
  }

  private void rename(Path from, Path to) throws IOException {
    if (!naming("rename " + from + " to", to, () -> fileSystem.rename(from, to))) {
      throw new IOException("Cannot rename " + from + " to " + to);
    }
  }

  /** Removes a file; one that is absent already is fine. */
  void delete(String name) throws IOException {
    Path path = resolve(name);
    if (!naming("delete", path, () -> fileSystem.delete(path, false)) && exists(name)) {
      throw new IOException("Cannot delete " + path);
    }
  }

  /**
   * Removes a directory in which others may be writing just now, living drivers or executors that
   * were given up. What they write meanwhile may stay: it is theirs, and nobody reads it.
   */
  void clear(String name) throws IOException {
    Path path = resolve(name);
    if (!naming("delete", path, () -> fileSystem.delete(path, true)) && exists(name)) {
      log.info("Left {}: somebody writes there", path);
    }
  }

  interface Access<T> {
    T run() throws IOException;
  }

  /**
   * Runs what writes into a staging directory, again where it fails: another driver that has just
   * completed the study clears what all have staged, entry by entry, perhaps between two steps of
   * this one. It disturbs a write at most three times: it removes the file, the run's directory
   * and, if that is not there again, the directory of all runs.
   */
  static <T> T retrying(Access<T> write) throws IOException {
    List<IOException> failures = new ArrayList<>();
    while (true) {
      try {
        return write.run();
      } catch (IOException e) {
        if (failures.size() + 1 == WRITE_ATTEMPTS) {
          failures.forEach(e::addSuppressed);
          throw e;
        }
        failures.add(e);
      }
    }
  }

  /** The operating system says what is wrong, but not where. */
  private static <T> T naming(String deed, Path path, Access<T> access) throws IOException {
    try {
      return access.run();
    } catch (FileNotFoundException e) {
      throw e; // names its file, and is an answer to those who ask for one
    } catch (IOException | FSError e) {
      throw new IOException("Cannot " + deed + " " + path + ": " + Reason.of(e), e);
    }
  }

  /** A file to read; the directory's file system is used, not one looked up by the path. */
  private record Input(FileSystem fileSystem, Path path, long length) implements InputFile {
    @Override
    public long getLength() {
      return length;
    }

    @Override
    public SeekableInputStream newStream() throws IOException {
      return HadoopStreams.wrap(fileSystem.open(path));
    }

    @Override
    public String toString() {
      return path.toString();
    }
  }
}
