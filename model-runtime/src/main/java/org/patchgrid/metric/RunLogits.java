package org.patchgrid.metric;

import java.util.Arrays;
import java.util.Optional;

/**
 * The logits of one run at the last position, as far as the metrics asked for read them.
 *
 * <p>Those of the answers and foils are in double precision. Where a metric looks at the whole
 * vocabulary, every logit is there too, as the model computes it.
 */
public final class RunLogits {
  private static final float[] NONE = {};

  private final float[] vocabulary; // [V], or empty
  private final double[] answers;
  private final double[] foils;
  private final Optional<LogitGeometry> geometry;

  private RunLogits(
      float[] vocabulary, double[] answers, double[] foils, Optional<LogitGeometry> geometry) {
    this.vocabulary = vocabulary;
    this.answers = answers.clone();
    this.foils = foils.clone();
    this.geometry = geometry;
  }

  /**
   * Every logit of a run.
   *
   * @param vocabulary [V]; not copied
   * @param answers of the right answers
   * @param foils of the wrong ones
   */
  public static RunLogits ofVocabulary(float[] vocabulary, double[] answers, double[] foils) {
    return new RunLogits(vocabulary, answers, foils, Optional.empty());
  }

  public static RunLogits ofAnswers(double[] answers, double[] foils) {
    return new RunLogits(NONE, answers, foils, Optional.empty());
  }

  /** And how all of them lie to the clean run's, known without them. */
  public RunLogits withGeometry(LogitGeometry known) {
    return new RunLogits(vocabulary, answers, foils, Optional.of(known));
  }

  /**
   * Every logit, [V].
   *
   * @throws IllegalStateException if only those of the answers were read
   */
  float[] vocabulary() {
    if (vocabulary.length == 0) {
      throw new IllegalStateException("This run's whole vocabulary was not read");
    }
    return vocabulary;
  }

  /** How they lie to the clean run's, [V]. */
  LogitGeometry geometry(float[] clean) {
    return geometry.orElseGet(() -> LogitGeometry.of(vocabulary(), clean));
  }

  double[] answers() {
    return answers;
  }

  double[] foils() {
    return foils;
  }

  /** Whether every logit that was read is a finite number. */
  public boolean isFinite() {
    for (float logit : vocabulary) {
      if (!Float.isFinite(logit)) {
        return false;
      }
    }
    return Arrays.stream(answers).allMatch(Double::isFinite)
        && Arrays.stream(foils).allMatch(Double::isFinite)
        && geometry.map(LogitGeometry::isFinite).orElse(true);
  }
}
