package org.patchgrid.store;

import java.io.File;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.Syncable;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.jspecify.annotations.Nullable;

/**
 * The local disk as {@code fault://NAME/}, where something goes wrong at a chosen call. Hadoop
 * keeps one instance a process and name, which counts the calls and takes its settings from whoever
 * asks first:
 *
 * <pre>
 * fs.fault.impl    this class
 * fs.fault.kind    a {@link Kind}; nothing goes wrong without
 * fs.fault.call    a regular expression: which calls count. A call is "WORD PATH", with the words
 *                  of the methods below; those in the past tense come after the deed
 * fs.fault.at      the first of them at which it happens, from 1
 * fs.fault.every   it happens again each time after so many; without, once
 * fs.fault.marker  a file that is made when it happens, with the process's number in it; where it is
 *                  there already, nothing happens
 * </pre>
 */
public final class FaultFileSystem extends RawLocalFileSystem {
  /** What {@code fs.fault.kind} may be. */
  public enum Kind {
    /** The call throws what the operating system says of a broken disk: no path in it. */
    ERROR,
    /** A stream's disk fails as Hadoop's local file system tells it: by an error, no exception. */
    FS_ERROR,
    /** As if the process had died: this call and all later ones do nothing and throw. */
    DEATH,
    /** The process dies. */
    HALT,
    /** The process is stopped, until somebody sends it SIGCONT. */
    FREEZE,
    /** Another process is faster: a rename finds its target there, with the same bytes. */
    TWIN,
    /** Another process acts just before the call: what the test gave ({@link #onTurn}). */
    ACT
  }

  /** What another process does to the same files. */
  interface Action {
    void run() throws IOException;
  }

  /** Exit code of a process that {@link Kind#HALT} has ended: that of SIGKILL. */
  public static final int KILLED = 137;

  private static final URI NAME = URI.create("fault:///");

  /**
   * Arguments of a command by which something goes wrong at a call.
   *
   * @param more settings of Spark; those of this file system are {@code fault.NAME=VALUE}
   */
  public static List<String> arguments(Kind kind, String call, String... more) {
    String here = "spark.hadoop.fs.fault.";
    return Stream.concat(
            Stream.of("fault.impl=" + FaultFileSystem.class.getName(), "fault.kind=" + kind),
            Stream.concat(Stream.of("fault.call=" + call), Stream.of(more)))
        .map(setting -> setting.replaceFirst("^fault[.]", here))
        .flatMap(setting -> Stream.of("--spark-conf", setting))
        .toList();
  }

  private final AtomicInteger calls = new AtomicInteger();
  private @Nullable URI name;
  private String kind = "";
  private Pattern counted = Pattern.compile("");
  private int at;
  private int every;
  private String marker = "";
  private Action action =
      () -> {
        throw new IllegalStateException("What happens was not said");
      };
  private volatile boolean dead;

  @Override
  public void initialize(URI uri, Configuration configuration) throws IOException {
    super.initialize(uri, configuration);
    setConf(configuration);
    name = URI.create("fault://" + (uri.getAuthority() == null ? "" : uri.getAuthority()) + "/");
    kind = configuration.get("fs.fault.kind", "");
    counted = Pattern.compile(configuration.get("fs.fault.call", ".*"));
    at = configuration.getInt("fs.fault.at", 1);
    every = configuration.getInt("fs.fault.every", 0);
    marker = configuration.get("fs.fault.marker", "");
  }

  @Override
  public URI getUri() {
    return name == null ? NAME : name; // asked by the superclass's constructor
  }

  @Override
  public String getScheme() {
    return "fault";
  }

  /** For {@link Kind#ACT}; to be said before the first call that counts. */
  void onTurn(Action whatHappens) {
    action = whatHappens;
  }

  /** How many calls there were that count. */
  int calls() {
    return calls.get();
  }

  /** Returns whether the call is to find that a twin was faster. */
  private boolean call(String word, Path path) throws IOException {
    if (dead) {
      throw new IOException("This process is dead");
    }
    if (kind.isEmpty() || !counted.matcher(word + " " + path.toUri().getPath()).matches()) {
      return false;
    }
    int after = calls.incrementAndGet() - at;
    boolean turn = every == 0 ? after == 0 : after >= 0 && after % every == 0;
    if (!turn || !mark()) {
      return false;
    }
    switch (Kind.valueOf(kind)) {
      case ERROR -> throw new IOException("Input/output error");
      case FS_ERROR -> writeToFullDisk();
      case DEATH -> {
        dead = true;
        throw new IOException("This process is dead");
      }
      case HALT -> Runtime.getRuntime().halt(KILLED);
      case FREEZE -> freeze();
      case ACT -> action.run();
      case TWIN -> {
        return true;
      }
    }
    return false;
  }

  /** Linux has a device that is always full. */
  private void writeToFullDisk() throws IOException {
    try (OutputStream full =
        super.create(new Path("/dev/full"), true, 1, (short) 1, 1L, () -> {})) {
      full.write(0);
      full.flush();
    }
  }

  private boolean mark() throws IOException {
    if (marker.isEmpty()) {
      return true;
    }
    try {
      byte[] process =
          Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
      Files.write(java.nio.file.Path.of(marker), process, StandardOpenOption.CREATE_NEW);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  private static void freeze() throws IOException {
    String process = Long.toString(ProcessHandle.current().pid());
    try {
      new ProcessBuilder("kill", "-STOP", process).start().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    call("create", path);
    FSDataOutputStream out =
        super.create(path, overwrite, bufferSize, replication, blockSize, progress);
    return new FSDataOutputStream(new FaultyOutput(path, out), null);
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    call("open", path);
    return new FSDataInputStream(new FaultyInput(path, super.open(path, bufferSize)));
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    if (call("rename", to)) {
      Files.copy(pathToFile(from).toPath(), pathToFile(to).toPath());
      return false;
    }
    boolean renamed = super.rename(from, to);
    call("renamed", to);
    return renamed;
  }

  /** One after the other, as on the local disk, where others may write meanwhile. */
  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    call("delete", path);
    File file = pathToFile(path);
    if (recursive && file.isDirectory()) {
      for (String entry : entries(file)) {
        delete(new Path(path, entry), true);
      }
      call("rmdir", path);
    }
    return file.delete();
  }

  /** Those of a directory that is gone are none. */
  private static String[] entries(File directory) {
    String[] names = directory.list();
    return names == null ? new String[0] : names;
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    call("list", path);
    boolean directory = pathToFile(path).isDirectory();
    call("listing", path);
    if (directory && !pathToFile(path).exists()) {
      // What Hadoop says where it goes between its look and its list.
      throw new IOException("Invalid directory or I/O error occurred for dir: " + path);
    }
    return super.listStatus(path);
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    call("status", path);
    return super.getFileStatus(path);
  }

  /** Hadoop starts a process for each. */
  @Override
  public void setPermission(Path path, FsPermission permission) {}

  @Override
  public boolean mkdirs(Path path) throws IOException {
    call("mkdirs", path);
    boolean made = super.mkdirs(path);
    call("made", path);
    return made;
  }

  @Override
  public boolean mkdirs(Path path, FsPermission permission) throws IOException {
    call("mkdirs", path);
    return super.mkdirs(path, permission);
  }

  private final class FaultyOutput extends FilterOutputStream
      implements Syncable, StreamCapabilities {
    private final Path path;
    private final FSDataOutputStream file;

    private FaultyOutput(Path path, FSDataOutputStream file) {
      super(file);
      this.path = path;
      this.file = file;
    }

    @Override
    public void write(int b) throws IOException {
      call("write", path);
      file.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      call("write", path);
      file.write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
      call("flush", path);
      file.flush();
    }

    @Override
    public void hflush() throws IOException {
      call("sync", path);
      file.hflush();
    }

    @Override
    public void hsync() throws IOException {
      call("sync", path);
      file.hsync();
    }

    @Override
    public boolean hasCapability(String capability) {
      return file.hasCapability(capability);
    }

    @Override
    public void close() throws IOException {
      call("close", path);
      file.close();
      call("closed", path);
    }
  }

  private final class FaultyInput extends FSInputStream {
    private final Path path;
    private final FSDataInputStream file;

    private FaultyInput(Path path, FSDataInputStream file) {
      this.path = path;
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      call("read", path);
      return file.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      call("read", path);
      return file.read(bytes, offset, length);
    }

    @Override
    public void seek(long position) throws IOException {
      file.seek(position);
    }

    @Override
    public long getPos() throws IOException {
      return file.getPos();
    }

    @Override
    public boolean seekToNewSource(long position) throws IOException {
      return file.seekToNewSource(position);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
