package org.patchgrid.metric;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The upper triangular {@code R} with {@code R^T R = W^T W}, where {@code W}, [V, d_model], is the
 * unembedding: {@code |W h| = |R h|} and {@code (W a) . (W b) = (R a) . (R b)} for what it reads,
 * so that distances between logits need no vocabulary. Not for logits that are capped afterwards.
 * Immutable.
 */
public final class UnembeddingFactor {
  private final double[][] rows; // row i has the columns from i on

  private UnembeddingFactor(double[][] rows) {
    this.rows = rows;
  }

  /**
   * Cholesky's factor, row by row. What rounding leaves of a dependent column is taken for zero.
   *
   * @param gram {@code W^T W}, [d_model, d_model], row after row
   */
  public static UnembeddingFactor of(double[] gram, int width) {
    double[][] rows = new double[width][];
    for (int i = 0; i < width; i++) {
      double[] row = Arrays.copyOfRange(gram, i * width + i, (i + 1) * width);
      for (int above = 0; above < i; above++) {
        double[] earlier = rows[above];
        double factor = earlier[i - above];
        for (int column = i; column < width; column++) {
          row[column - i] -= factor * earlier[column - above];
        }
      }
      double smallest = Math.ulp(gram[i * width + i]) * width;
      double root = row[0] > smallest ? Math.sqrt(row[0]) : 0;
      for (int column = 0; column < row.length; column++) {
        row[column] = root == 0 ? 0 : row[column] / root;
      }
      rows[i] = row;
    }
    return new UnembeddingFactor(rows);
  }

  /** {@code R x}, for x of [d_model]. */
  private double[] image(double[] x) {
    double[] image = new double[x.length];
    for (int i = 0; i < image.length; i++) {
      double[] row = rows[i];
      double sum = 0;
      for (int column = i; column < x.length; column++) {
        sum += row[column - i] * x[column];
      }
      image[i] = sum;
    }
    return image;
  }

  /** How runs lie to the clean run that the unembedding reads as {@code clean}, [d_model]. */
  public Comparison with(float[] clean) {
    return new Comparison(clean);
  }

  /** Runs of one pair beside its clean run. */
  public final class Comparison {
    private final double[] clean;
    private final double[] cleanImage;

    private Comparison(float[] clean) {
      this.clean = wide(clean);
      this.cleanImage = image(this.clean);
    }

    /** For a run that the unembedding reads as {@code state}, [d_model]. */
    public LogitGeometry of(float[] state) {
      double[] run = wide(state);
      double[] image = image(run);
      double[] difference =
          IntStream.range(0, run.length).mapToDouble(i -> run[i] - clean[i]).toArray();
      double[] distance = image(difference);
      return new LogitGeometry(
          dot(distance, distance),
          dot(image, image),
          dot(cleanImage, cleanImage),
          dot(image, cleanImage));
    }
  }

  private static double[] wide(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
