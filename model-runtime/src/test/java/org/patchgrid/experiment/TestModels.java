package org.patchgrid.experiment;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/** Where tests find the models they run on. */
public final class TestModels {
  private TestModels() {}

  /** The demo model. */
  public static Path atlas() {
    return Path.of(
        Objects.requireNonNull(System.getProperty("patchgrid.root"), "patchgrid.root"),
        "data/models/atlas-6l");
  }

  /** A tiny random model with goldens, from the test resources. */
  public static Path family(String name) {
    URL resource = Objects.requireNonNull(TestModels.class.getResource("/families/" + name), name);
    try {
      return Path.of(resource.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
