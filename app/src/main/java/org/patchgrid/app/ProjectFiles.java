package org.patchgrid.app;

import java.nio.file.Path;
import org.patchgrid.study.PatchgridException;

/** Files that come with Patchgrid: the demo's model and prompts, the queries. */
final class ProjectFiles {
  private ProjectFiles() {}

  /**
   * Where the launcher lies.
   *
   * @param command that needs it
   */
  static Path home(String command) {
    String home = System.getProperty("patchgrid.home");
    if (home == null) {
      throw new PatchgridException(
          command + " needs the project's files: start it with the launcher ./patchgrid");
    }
    return Path.of(home);
  }

  static Path queries(Path home) {
    return home.resolve("conf/queries");
  }

  /** What makes the relations that queries read. */
  static Path views(Path home) {
    return queries(home).resolve("views/duckdb.sql");
  }
}
