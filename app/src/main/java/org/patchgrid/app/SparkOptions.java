package org.patchgrid.app;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which Spark a command runs on. */
final class SparkOptions {
  @Option(
      names = "--master",
      paramLabel = "MASTER",
      defaultValue = "local[*]",
      description =
          "where Spark runs: local[*], local[4], spark://HOST:7077 (default: ${DEFAULT-VALUE})")
  private String master = "local[*]";

  @Option(
      names = "--spark-conf",
      paramLabel = "k=v",
      description = "a setting of Spark; may be given again")
  private List<String> settings = new ArrayList<>();

  String master() {
    return master;
  }

  /** As they were given, {@code k=v}. */
  List<String> settings() {
    return List.copyOf(settings);
  }
}
