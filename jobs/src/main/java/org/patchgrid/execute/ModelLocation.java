package org.patchgrid.execute;

import java.io.IOException;
import java.io.Serializable;
import java.net.URI;
import java.nio.file.Files;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;
import org.patchgrid.checkpoint.HuggingFaceCache;
import org.patchgrid.input.HadoopPaths;
import org.patchgrid.simulated.SimulatedModel;
import org.patchgrid.study.CacheDirectory;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Reason;

/**
 * Where a model is, for every host alike.
 *
 * @param name a full URI of Hadoop's; or {@code archive:NAME}: what {@code --archives FILE#NAME} of
 *     spark-submit has unpacked; or {@code hf:ORG/NAME@COMMIT}: what the Hugging Face cache of
 *     every host has; or {@code simulated:...}, which has no files
 */
public record ModelLocation(String name) implements Serializable {
  private static final String ARCHIVE = "archive:";
  private static final String LOCAL = "file";

  /**
   * The place that a study or a command names.
   *
   * @param path relative ones are below the working directory of the default file system
   * @throws PatchgridException if it is none that this machine can read from
   */
  public static ModelLocation of(String path, Configuration hadoop) {
    if (path.startsWith(ARCHIVE) || path.startsWith(SimulatedModel.PREFIX)) {
      return new ModelLocation(path);
    }
    if (path.startsWith(HuggingFaceCache.PREFIX)) {
      return new ModelLocation(HuggingFaceCache.ofThisMachine().pinned(path));
    }
    Path parsed = HadoopPaths.parse("the model", path);
    try {
      FileSystem fileSystem = parsed.getFileSystem(hadoop);
      return new ModelLocation(fileSystem.makeQualified(parsed).toString());
    } catch (IOException e) {
      throw new PatchgridException(
          "Cannot read a model from '%s': %s; give a directory or a URI that Hadoop knows here"
              .formatted(path, Reason.of(e)),
          e);
    }
  }

  /**
   * The model on this host: where it is, if that is here, or else fetched into the cache, once.
   *
   * @throws PatchgridException if it is not there, not complete, or cannot be fetched
   */
  public StudyModel onThisHost(Configuration hadoop) {
    if (name.startsWith(SimulatedModel.PREFIX)) {
      return new SimulatedStudyModel(SimulatedModel.of(name));
    }
    return onDisk().map(HostedModel::in).orElseGet(() -> fetched(hadoop));
  }

  /**
   * Its directory on this host, as above; what is here already is not read.
   *
   * @throws PatchgridException if it cannot be fetched, or has no files
   */
  public java.nio.file.Path directoryOnThisHost(Configuration hadoop) {
    if (name.startsWith(SimulatedModel.PREFIX)) {
      throw new PatchgridException(
          "'%s' is no model but a load generator: only plan and run take it, as model.path"
              .formatted(name));
    }
    return onDisk().orElseGet(() -> fetched(hadoop).directory());
  }

  private Optional<java.nio.file.Path> onDisk() {
    if (name.startsWith(ARCHIVE)) {
      return Optional.of(unpacked(name.substring(ARCHIVE.length())));
    }
    if (name.startsWith(HuggingFaceCache.PREFIX)) {
      return Optional.of(HuggingFaceCache.ofThisMachine().snapshot(name));
    }
    URI uri = new Path(name).toUri();
    return LOCAL.equals(uri.getScheme())
        ? Optional.of(java.nio.file.Path.of(uri.getPath()))
        : Optional.empty();
  }

  private HostedModel fetched(Configuration hadoop) {
    return new ModelCache(CacheDirectory.ofThisMachine().resolve("models"))
        .fetch(new Path(name), hadoop);
  }

  /** YARN unpacks into the working directory; other masters where Spark keeps a job's files. */
  private static java.nio.file.Path unpacked(String archive) {
    java.nio.file.Path here = java.nio.file.Path.of(archive).toAbsolutePath();
    if (Files.isDirectory(here) || SparkEnv.get() == null) {
      return here;
    }
    return java.nio.file.Path.of(SparkFiles.get(archive));
  }
}
