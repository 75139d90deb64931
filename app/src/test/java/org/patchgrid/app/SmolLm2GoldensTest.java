package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Golden measurements of SmolLM2-135M-Instruct-4bit, by the command {@code run}: two layers of
 * every sweep and pair, or all layers, as {@code bin/smollm2-goldens} wants it.
 */
class SmolLm2GoldensTest {
  private static final Goldens GOLDENS = Goldens.read("smollm2-135m");

  /** Counted in the CSV files by another program. */
  private static final int ROWS = 47_700;

  /** Where the MLP reads the word that differs, and where attention brings the fact to the end. */
  private static final Set<Integer> SAMPLE = Set.of(0, 23);

  /** Where all layers are measured and the results stay; a sample is enough where it is empty. */
  private static final String CAMPAIGN = System.getProperty("patchgrid.goldens", "");

  static List<GoldenStudy> studies() {
    return CAMPAIGN.isEmpty() ? GoldenStudy.ofLayers(GOLDENS, SAMPLE) : GoldenStudy.whole(GOLDENS);
  }

  @Test
  void noRowOfTheFilesIsLeftOut() {
    assertThat(GOLDENS.rows()).isEqualTo(ROWS);
    assertThat(GoldenStudy.whole(GOLDENS).stream().mapToInt(GoldenStudy::rows).sum())
        .isEqualTo(ROWS);
  }

  @ParameterizedTest
  @MethodSource("studies")
  void everyMeasurement(GoldenStudy study, @TempDir Path temporary) throws IOException {
    String checkpoint = System.getProperty("patchgrid.real-model", "");
    assumeThat(checkpoint)
        .as("patchgrid.real-model names a directory that bin/get-smollm2 has filled")
        .isNotEmpty();
    Path directory = CAMPAIGN.isEmpty() ? temporary : Path.of(CAMPAIGN);
    study.assertReproduced(directory, Path.of(checkpoint));
  }
}
