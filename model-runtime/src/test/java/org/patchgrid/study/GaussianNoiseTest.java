package org.patchgrid.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class GaussianNoiseTest {
  private static final int WIDTH = 576;

  @Test
  void valuesAreThoseOfTheReference() throws IOException {
    List<String> rows = rows("/goldens/noise-values.csv");
    assertThat(rows).hasSize(20);
    for (String row : rows) {
      String[] fields = row.split(",", -1);
      double value =
          GaussianNoise.value(
              Long.parseLong(fields[0]),
              fields[1],
              Long.parseLong(fields[2]),
              Integer.parseInt(fields[3]),
              Integer.parseInt(fields[4]));
      assertThat(value).as(row).isCloseTo(Double.parseDouble(fields[9]), within(1e-12));
    }
  }

  @Test
  void aRowIsMadeOfTheSameValuesTimesTheScaleOnTopOfWhatWasThere() {
    float[] row = new float[WIDTH];
    row[7] = 100;
    GaussianNoise.addTo(row, 0.25, 1, "ioi_mary_john", 3, 10);
    for (int dimension = 0; dimension < WIDTH; dimension++) {
      double noise = 0.25 * GaussianNoise.value(1, "ioi_mary_john", 3, 10, dimension);
      assertThat(row[dimension]).isEqualTo((float) ((dimension == 7 ? 100 : 0) + noise));
    }
  }

  /** Stored results are read beside new ones: the last bit counts, on every machine. */
  @Test
  void bitsAreThoseOfEarlierVersions() {
    long bits = 0;
    for (int dimension = 0; dimension < WIDTH; dimension++) {
      double value = GaussianNoise.value(1, "ioi_mary_john", 3, 10, dimension);
      bits = 31 * bits + Double.doubleToLongBits(value);
    }
    assertThat(bits).isEqualTo(-8775210945933052471L);
  }

  /** Of 576,000 values, within five standard errors of a standard normal's moments. */
  @Test
  void momentsAreThoseOfAStandardNormal() {
    int samples = 10;
    int positions = 100;
    double count = (double) samples * positions * WIDTH;
    double sum = 0;
    double squares = 0;
    double fourths = 0;
    double neighbours = 0;
    for (int sample = 0; sample < samples; sample++) {
      for (int position = 0; position < positions; position++) {
        float[] row = new float[WIDTH];
        GaussianNoise.addTo(row, 1, 1, "moments", sample, position);
        for (int i = 0; i < WIDTH; i++) {
          double square = (double) row[i] * row[i];
          sum += row[i];
          squares += square;
          fourths += square * square;
          neighbours += (double) row[i] * row[(i + 1) % WIDTH];
        }
      }
    }
    double error = 5 / Math.sqrt(count);
    assertThat(sum / count).isCloseTo(0, within(error));
    assertThat(squares / count).isCloseTo(1, within(error * Math.sqrt(2)));
    assertThat(fourths / count).isCloseTo(3, within(error * Math.sqrt(96)));
    assertThat(neighbours / count).isCloseTo(0, within(error));
  }

  private static List<String> rows(String resource) throws IOException {
    try (InputStream file = GaussianNoiseTest.class.getResourceAsStream(resource)) {
      String text =
          new String(Objects.requireNonNull(file, resource).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().skip(1).toList();
    }
  }
}
