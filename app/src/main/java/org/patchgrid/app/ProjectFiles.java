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
          "Cannot find the files that %s needs of Patchgrid's directory: start it by the launcher there, ./patchgrid, or name the directory by -Dpatchgrid.home"
              .formatted(command));
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
