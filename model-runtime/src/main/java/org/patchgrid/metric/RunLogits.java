package org.patchgrid.metric;

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

  private RunLogits(float[] vocabulary, double[] answers, double[] foils) {
    this.vocabulary = vocabulary;
    this.answers = answers;
    this.foils = foils;
  }

  /**
   * Every logit of a run.
   *
   * @param vocabulary [V]; not copied
   * @param answers of the right answers
   * @param foils of the wrong ones
   */
  public static RunLogits ofVocabulary(float[] vocabulary, double[] answers, double[] foils) {
    return new RunLogits(vocabulary, answers.clone(), foils.clone());
  }

  /** The logits of answers and foils alone. */
  public static RunLogits ofAnswers(double[] answers, double[] foils) {
    return new RunLogits(NONE, answers.clone(), foils.clone());
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
    return areFinite(answers) && areFinite(foils);
  }

  private static boolean areFinite(double[] logits) {
    for (double logit : logits) {
      if (!Double.isFinite(logit)) {
        return false;
      }
    }
    return true;
  }
}
