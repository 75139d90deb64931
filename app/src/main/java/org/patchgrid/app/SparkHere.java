package org.patchgrid.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Reason;

/** What Spark would find on this machine; nothing of it is started. */
final class SparkHere {
  private static final Pattern CORE = Pattern.compile("spark-core_([\\d.]+)-([\\d.]+)\\.jar");

  private SparkHere() {}

  /** Where a local Spark puts what does not fit in memory, as Spark itself looks for it. */
  static List<Path> scratchDirectories() {
    String directories =
        Optional.ofNullable(System.getenv("SPARK_LOCAL_DIRS"))
            .or(() -> Optional.ofNullable(System.getProperty("spark.local.dir")))
            .orElseGet(() -> System.getProperty("java.io.tmpdir", ""));
    return Arrays.stream(directories.split(",")).map(String::strip).map(Path::of).toList();
  }

  /**
   * Spark ends the whole process, without a reason, where it cannot write there.
   *
   * @throws PatchgridException if one of its directories cannot be written
   */
  static void requireScratch() {
    for (Path directory : scratchDirectories()) {
      DiskSpace.requireWritable(
          directory,
          "Spark cannot write to its scratch directory %s (%s): name another in SPARK_LOCAL_DIRS");
    }
  }

  /**
   * Whether Spark could listen on the address that SPARK_LOCAL_IP names.
   *
   * @throws PatchgridException if it is no address of this machine
   */
  static String address(String name) {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(name))) {
      return "%s, port %d was free".formatted(name, socket.getLocalPort());
    } catch (IOException e) {
      throw new PatchgridException(
          "Spark cannot listen on SPARK_LOCAL_IP = %s (%s): set it to an address of this machine, such as 127.0.0.1, or leave it unset"
              .formatted(name, Reason.of(e)),
          e);
    }
  }

  /**
   * The distribution that SPARK_HOME names, for spark-submit; commands bring a Spark of their own.
   */
  static String distribution(Optional<String> sparkHome) throws IOException {
    if (sparkHome.isEmpty()) {
      return "not set: only spark-submit needs it";
    }
    Path jars = Path.of(sparkHome.get(), "jars");
    if (Files.isDirectory(jars)) {
      try (Stream<Path> files = Files.list(jars)) {
        Optional<Matcher> core =
            files
                .map(file -> CORE.matcher(String.valueOf(file.getFileName())))
                .filter(Matcher::matches)
                .findFirst();
        if (core.isPresent()) {
          return "%s: Spark %s for Scala %s"
              .formatted(sparkHome.get(), core.get().group(2), core.get().group(1));
        }
      }
    }
    return sparkHome.get() + ": no Spark there (it has no jars/spark-core_*.jar)";
  }
}
