package org.patchgrid.execute;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.patchgrid.study.HostName;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Reason;
import org.patchgrid.study.Sha256;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Models of other file systems on this host's disk, each content once, whoever asks for it:
 *
 * <pre>
 * FINGERPRINT/NAME/    the files of a model; appears whole, by a rename
 * KEY.source           the fingerprint of what was fetched from one place in one state
 * KEY.lock             held while that place is being fetched from
 * incoming-...         being fetched
 * </pre>
 *
 * What lies here is read whole and compared with its fingerprint each time it is asked for.
 */
record ModelCache(Path root) {
  private static final Logger log = LoggerFactory.getLogger(ModelCache.class);
  private static final List<String> NEEDED = List.of(".json", ".safetensors");
  private static final int MEBIBYTE = 1 << 20;

  /**
   * The model in a directory of any file system.
   *
   * @throws PatchgridException if it cannot be read there, or not be kept here
   */
  HostedModel fetch(org.apache.hadoop.fs.Path source, Configuration hadoop) {
    try {
      FileSystem fileSystem = source.getFileSystem(hadoop);
      List<FileStatus> files = files(fileSystem, source);
      Files.createDirectories(root);
      return locked(fileSystem, source, files);
    } catch (IOException e) {
      throw new PatchgridException(
          "Cannot fetch the model %s into %s on host %s: %s; check both, or name another cache in PATCHGRID_CACHE"
              .formatted(source, root, HostName.ofThisMachine(), Reason.of(e)),
          e);
    }
  }

  private static List<FileStatus> files(FileSystem fileSystem, org.apache.hadoop.fs.Path source)
      throws IOException {
    List<FileStatus> files = new ArrayList<>();
    for (FileStatus file : fileSystem.listStatus(source)) {
      if (file.isFile() && NEEDED.stream().anyMatch(file.getPath().getName()::endsWith)) {
        files.add(file);
      }
    }
    if (files.isEmpty()) {
      throw new IOException("there is no config.json and no .safetensors in it");
    }
    files.sort(Comparator.comparing(file -> file.getPath().getName()));
    return files;
  }

  /** One thread of one process of this host. */
  private HostedModel locked(
      FileSystem fileSystem, org.apache.hadoop.fs.Path source, List<FileStatus> files)
      throws IOException {
    String key = key(source, files);
    synchronized (ModelCache.class) {
      try (FileChannel channel =
              FileChannel.open(
                  root.resolve(key + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        log.debug("Holding {} for {}", lock, source);
        Path known = root.resolve(key + ".source");
        Optional<HostedModel> kept = kept(known, source.getName());
        return kept.isPresent() ? kept.get() : fetch(fileSystem, source, files, known);
      }
    }
  }

  /** A place in one state: where files are replaced, their times or lengths change. */
  private static String key(org.apache.hadoop.fs.Path source, List<FileStatus> files) {
    StringBuilder text = new StringBuilder(source.toString());
    for (FileStatus file : files) {
      text.append('\n').append(file.getPath().getName());
      text.append(' ').append(file.getLen()).append(' ').append(file.getModificationTime());
    }
    return Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private Optional<HostedModel> kept(Path known, String name) throws IOException {
    if (!Files.exists(known)) {
      return Optional.empty();
    }
    String fingerprint = Files.readString(known, StandardCharsets.UTF_8);
    Path directory = root.resolve(fingerprint).resolve(name);
    try {
      HostedModel model = HostedModel.in(directory);
      if (model.description().fingerprint().equals(fingerprint)) {
        return Optional.of(model);
      }
      log.warn("{} is not what was fetched: fetching it again", directory);
    } catch (PatchgridException e) {
      log.warn("{} cannot be used: fetching it again", directory, e);
    }
    deleteAll(directory);
    return Optional.empty();
  }

  private HostedModel fetch(
      FileSystem fileSystem, org.apache.hadoop.fs.Path source, List<FileStatus> files, Path known)
      throws IOException {
    requireSpace(files);
    Path incoming = Files.createTempDirectory(root, "incoming-");
    try {
      Path copied = Files.createDirectory(incoming.resolve(source.getName()));
      for (FileStatus file : files) {
        try (InputStream in = fileSystem.open(file.getPath())) {
          Files.copy(in, copied.resolve(file.getPath().getName()));
        }
      }
      HostedModel fetched = HostedModel.in(copied);
      String fingerprint = fetched.description().fingerprint();
      Path target = Files.createDirectories(root.resolve(fingerprint)).resolve(source.getName());
      if (!Files.exists(target)) {
        Files.move(copied, target, StandardCopyOption.ATOMIC_MOVE);
      }
      Path written = Files.writeString(incoming.resolve("source"), fingerprint);
      Files.move(written, known, StandardCopyOption.ATOMIC_MOVE);
      log.info("Fetched {} into {}", source, target);
      return new HostedModel(target, fetched.description());
    } finally {
      deleteAll(incoming);
    }
  }

  private void requireSpace(List<FileStatus> files) throws IOException {
    long needed = files.stream().mapToLong(FileStatus::getLen).sum();
    long free = Files.getFileStore(root).getUsableSpace();
    if (needed > free) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "it takes %,d MiB and %,d MiB are free",
              needed / MEBIBYTE,
              free / MEBIBYTE));
    }
  }

  private static void deleteAll(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
