package org.patchgrid.metric;

import java.util.Locale;

/**
 * A number read off a run's logits at the last position. The formulas are in {@link MetricReader}.
 */
public enum Metric {
  /** Euclidean distance to the clean logits. */
  L2(Needs.NOTHING),
  /** Mean squared difference to the clean logits. */
  MSE(Needs.NOTHING),
  /** 1 - cosine similarity with the clean logits. */
  COSINE(Needs.NOTHING),
  /** KL(clean || run) of the next-token distributions, in nats. */
  KL(Needs.NOTHING),
  /** logit(answer) - logit(foil); with several of either, the difference of the mean logits. */
  LOGIT_DIFF(Needs.ANSWER_AND_FOIL),
  /** Summed probability of the answers minus that of the foils. */
  PROB_DIFF(Needs.ANSWER_AND_FOIL),
  /** Probability of the answer; of several, their sum. */
  ANSWER_PROB(Needs.ANSWER),
  /** Natural logarithm of {@link #ANSWER_PROB}. */
  ANSWER_LOG_PROB(Needs.ANSWER),
  /** Logit of the answer; of several, their mean. */
  ANSWER_LOGIT(Needs.ANSWER),
  /** 1 + number of strictly greater logits; of several answers, the best rank. Has no recovery. */
  ANSWER_RANK(Needs.ANSWER);

  /** What a pair must provide for a metric to have rows. */
  private enum Needs {
    NOTHING,
    ANSWER,
    ANSWER_AND_FOIL
  }

  private final Needs needs;

  Metric(Needs needs) {
    this.needs = needs;
  }

  /** The name in study files and tables. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public boolean needsAnswer() {
    return needs != Needs.NOTHING;
  }

  public boolean needsFoil() {
    return needs == Needs.ANSWER_AND_FOIL;
  }

  /** Whether it is a distance between logits, so that their geometry is enough. */
  public boolean isDistance() {
    return this == L2 || this == MSE || this == COSINE;
  }

  /** Whether it is read off the answers' logits alone. */
  public boolean isOfAnswers() {
    return this == LOGIT_DIFF || this == ANSWER_LOGIT;
  }

  /** Whether recovery is defined; a rank has none. */
  public boolean hasRecovery() {
    return this != ANSWER_RANK;
  }

  /** Whether it changes smoothly with the logits; a rank jumps. */
  public boolean hasGradient() {
    return this != ANSWER_RANK;
  }
}
