package org.patchgrid.study;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sums over some pairs of a prompt set, from which its {@link PromptSetStatistics} follow. All in
 * double precision; adding up in one fixed order gives one result to the bit.
 *
 * <p>Belongs to one thread until it is only read.
 */
public final class PromptSetSums implements Serializable {
  private static final long serialVersionUID = 1;

  private final TreeMap<String, Moments> embeddings = new TreeMap<>(); // by label
  private final HashMap<ActivationMean, VectorSum> activations = new HashMap<>();
  private int shortest = Integer.MAX_VALUE;
  private int longest;

  /** Of single numbers. */
  private static final class Moments implements Serializable {
    private static final long serialVersionUID = 1;

    private long count;
    private double sum;
    private double sumOfSquares;

    private void add(float value) {
      count++;
      sum += value;
      sumOfSquares += (double) value * value;
    }

    private void add(Moments other) {
      count += other.count;
      sum += other.sum;
      sumOfSquares += other.sumOfSquares;
    }

    private double deviation() {
      return Math.sqrt(Math.max(0, (sumOfSquares - sum * sum / count) / (count - 1)));
    }
  }

  /** Of vectors of one width. */
  private static final class VectorSum implements Serializable {
    private static final long serialVersionUID = 1;

    private final double[] sum;
    private long count;

    private VectorSum(int width) {
      this.sum = new double[width];
    }

    private void add(float[] values, int from) {
      count++;
      for (int i = 0; i < sum.length; i++) {
        sum[i] += values[from + i];
      }
    }

    private void add(VectorSum other) {
      count += other.count;
      for (int i = 0; i < sum.length; i++) {
        sum[i] += other.sum[i];
      }
    }

    private double[] mean() {
      return Arrays.stream(sum).map(ofAll -> ofAll / count).toArray();
    }
  }

  /** Notes that there are pairs of so many tokens. */
  public void addLength(int tokens) {
    shortest = Math.min(shortest, tokens);
    longest = Math.max(longest, tokens);
  }

  /** Adds the embeddings of a label's tokens, any number of entries. */
  public void addEmbeddings(String label, float[] entries) {
    Moments moments = embeddings.computeIfAbsent(label, absent -> new Moments());
    for (float entry : entries) {
      moments.add(entry);
    }
  }

  /**
   * Adds the activation of one token.
   *
   * @param values of several tokens, [token, width] row after row
   * @param token whose row counts
   */
  public void addActivation(ActivationMean mean, float[] values, int width, int token) {
    activations.computeIfAbsent(mean, absent -> new VectorSum(width)).add(values, token * width);
  }

  public void add(PromptSetSums other) {
    other.embeddings.forEach(
        (label, moments) ->
            embeddings.computeIfAbsent(label, absent -> new Moments()).add(moments));
    other.activations.forEach(
        (mean, sum) ->
            activations.computeIfAbsent(mean, absent -> new VectorSum(sum.sum.length)).add(sum));
    shortest = Math.min(shortest, other.shortest);
    longest = Math.max(longest, other.longest);
  }

  /**
   * The statistics of all pairs that were added.
   *
   * @throws PatchgridException if they do not exist: no pair has a label, its embeddings are all
   *     the same, or a mean of positions is wanted of prompts of several lengths
   */
  public PromptSetStatistics statistics(StatisticsNeeded needed) {
    Map<String, Double> deviations = new TreeMap<>();
    for (String label : needed.noiseLabels()) {
      Moments moments = embeddings.get(label);
      if (moments == null || !(moments.deviation() > 0)) {
        throw new PatchgridException(
            "Cannot scale the noise on label '%s': no pair that can be run has it, or all of its embeddings are one number; check the prompts' labels"
                .formatted(label));
      }
      deviations.put(label, moments.deviation());
    }
    requireMeans(needed);
    Map<ActivationMean, double[]> means = new HashMap<>();
    activations.forEach((mean, sum) -> means.put(mean, sum.mean()));
    return new PromptSetStatistics(deviations, means);
  }

  private void requireMeans(StatisticsNeeded needed) {
    needed.requireLengths(shortest, longest);
    for (StatisticsNeeded.NeededMean mean : needed.means()) {
      boolean known =
          activations.keySet().stream()
              .anyMatch(
                  m ->
                      m.point().equals(mean.point())
                          && m.over() == mean.over()
                          && m.label().equals(mean.label()));
      if (!known) {
        throw new PatchgridException(
            "Cannot take the mean of %s over %s: no pair that can be run has such a token"
                .formatted(
                    mean.point(), mean.label().isEmpty() ? mean.over().label() : mean.label()));
      }
    }
  }
}
