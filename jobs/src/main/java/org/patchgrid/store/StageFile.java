package org.patchgrid.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Optional;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Sha256;

/**
 * A file that a stage between the tasks leaves for those that come after it. It proves itself, and
 * whose it is.
 *
 * @param name relative to the study's directory
 * @param type of the content: a record with names as in the file
 */
record StageFile<C>(String name, Class<C> type) {
  static final String DIRECTORY = "stages";

  /** The statistics of the prompt set that a study's cells were computed with. */
  static final StageFile<StatisticsDocument> STATISTICS =
      new StageFile<>(DIRECTORY + "/prompt-set.json", StatisticsDocument.class);

  /** Which places a study measures, after its estimates. */
  static final StageFile<ScreenRanking> RANKING =
      new StageFile<>(DIRECTORY + "/screen.json", ScreenRanking.class);

  private static final String REMEDY = "restore it from a copy, or start again with another --out";

  /**
   * The whole file.
   *
   * @param fingerprint the study's
   * @param sha256 of {@code content} as one line of JSON
   */
  private record Sealed(String fingerprint, String sha256, JsonNode content) {}

  /**
   * Reads it, if the directory has it.
   *
   * @throws PatchgridException if it is damaged or another study's
   */
  Optional<C> read(ResultDirectory directory, String fingerprint) throws IOException {
    if (!directory.exists(name)) {
      return Optional.empty();
    }
    Sealed sealed =
        StoreJson.read(directory.read(name), Sealed.class, name, directory.toString(), REMEDY);
    byte[] content = StoreJson.line(sealed.content());
    if (!sealed.fingerprint().equals(fingerprint) || !sealed.sha256().equals(Sha256.of(content))) {
      throw new PatchgridException(
          "Cannot use '%s' in '%s': it was changed, or is another study's; %s"
              .formatted(name, directory, REMEDY));
    }
    return Optional.of(StoreJson.read(content, type, name, directory.toString(), REMEDY));
  }

  /**
   * Writes it, unless another driver was faster.
   *
   * @return what is there now
   */
  C keep(ResultDirectory directory, String fingerprint, C content, DriverRun run)
      throws IOException {
    String hash = Sha256.of(StoreJson.line(content));
    directory.makeDirectory(DIRECTORY);
    directory.writeUnlessThere(
        name, StoreJson.line(new Sealed(fingerprint, hash, StoreJson.tree(content))), run);
    return read(directory, fingerprint).orElseThrow(() -> new IOException("Cannot find " + name));
  }
}
