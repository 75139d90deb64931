package org.patchgrid.study;

import java.nio.file.Path;
import java.util.Optional;

/** Where Patchgrid keeps on each machine what it need not make or fetch again. */
public final class CacheDirectory {
  private static final String VARIABLE = "PATCHGRID_CACHE";

  private CacheDirectory() {}

  /**
   * The directory that the system property {@code patchgrid.cache} names, or the environment
   * variable {@code PATCHGRID_CACHE}, or else {@code ~/.cache/patchgrid}; it may not exist yet.
   */
  public static Path ofThisMachine() {
    return Optional.ofNullable(System.getProperty("patchgrid.cache"))
        .or(() -> Optional.ofNullable(System.getenv(VARIABLE)))
        .filter(directory -> !directory.isBlank())
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache", "patchgrid"));
  }

  /** Where below it the processes of this machine share weights, a directory a model. */
  public static Path sharedWeights() {
    return ofThisMachine().resolve("weights");
  }
}
