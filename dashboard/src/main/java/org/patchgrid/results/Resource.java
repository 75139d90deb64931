package org.patchgrid.results;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** A file that the build has put beside a class. */
public final class Resource {
  private Resource() {}

  public static byte[] read(Class<?> beside, String name) {
    try (InputStream in = beside.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("The build lacks " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read " + name, e);
    }
  }

  public static String text(Class<?> beside, String name) {
    return new String(read(beside, name), StandardCharsets.UTF_8);
  }
}
