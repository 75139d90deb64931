package org.patchgrid.app;

import java.util.Objects;
import org.apache.hadoop.security.UserGroupInformation;

/**
 * A user of whom the system knows a number only, as in a container that was started with {@code
 * --user}. Hadoop then refuses to open even a local file, and libraries keep things in a directory
 * "?" beside the user's files.
 */
final class NamelessUser {
  /** What Java says for the name and the home of such a user. */
  private static final String UNKNOWN = "?";

  private NamelessUser() {}

  /**
   * Gives such a user the name HADOOP_USER_NAME or, where that is not set, "unknown", and the
   * directory for temporary files as home. Before any library looks.
   */
  static void provide() {
    if (UNKNOWN.equals(System.getProperty("user.name"))) {
      String name = Objects.requireNonNullElse(System.getenv("HADOOP_USER_NAME"), "unknown");
      UserGroupInformation.setLoginUser(UserGroupInformation.createRemoteUser(name));
    }
    if (UNKNOWN.equals(System.getProperty("user.home"))) {
      System.setProperty("user.home", System.getProperty("java.io.tmpdir"));
    }
  }
}
