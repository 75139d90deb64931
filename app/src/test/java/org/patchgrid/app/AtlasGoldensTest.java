package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every golden measurement of the demo model, by the command {@code run}. */
class AtlasGoldensTest {
  private static final Goldens GOLDENS = Goldens.read("atlas-6l");
  private static final Path CHECKPOINT = SmallStudy.root().resolve("data/models/atlas-6l");

  /** Counted in the CSV files by another program. */
  private static final int ROWS = 17_510;

  static List<GoldenStudy> studies() {
    return GoldenStudy.whole(GOLDENS);
  }

  static List<GoldenStudy> sample() {
    return GoldenStudy.ofLayers(GOLDENS, Set.of(3));
  }

  @Test
  void noRowOfTheFilesIsLeftOut() {
    assertThat(GOLDENS.rows()).isEqualTo(ROWS);
    assertThat(studies().stream().mapToInt(GoldenStudy::rows).sum()).isEqualTo(ROWS);
  }

  @ParameterizedTest
  @MethodSource("studies")
  void everyMeasurement(GoldenStudy study, @TempDir Path directory) throws IOException {
    study.assertReproduced(directory, CHECKPOINT);
  }

  @ParameterizedTest
  @MethodSource("sample")
  void sampleByTheReferenceEngine(GoldenStudy study, @TempDir Path directory) throws IOException {
    study.assertReproduced(directory, CHECKPOINT, "--engine", "reference");
  }
}
