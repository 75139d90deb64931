package org.patchgrid.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.patchgrid.experiment.PromptRun;
import org.patchgrid.metric.Metric;
import org.patchgrid.metric.MetricReader;
import org.patchgrid.metric.RunLogits;
import org.patchgrid.study.Component;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.TokenSequence;

/**
 * One run of a text, over by the time one has it: what the model predicts, and the activations that
 * were kept. Those lie in native memory until the trace or its model is closed; one {@link
 * Activation} taken from it stays.
 *
 * <p>One thread at a time may use it.
 */
public final class Trace implements AutoCloseable {
  private static final double[] NONE = {};

  private final LanguageModel model;
  private final String text;
  private final TokenSequence tokens;
  private final Set<HookPoint> kept;
  private final PromptRun run;
  private final float[] logits; // [V]
  private boolean closed;

  Trace(
      LanguageModel model, String text, TokenSequence tokens, Set<HookPoint> kept, PromptRun run) {
    this.model = model;
    this.text = text;
    this.tokens = tokens;
    this.kept = Set.copyOf(kept);
    this.run = run;
    this.logits = run.logits();
  }

  /** The tokens as the vocabulary spells them, those included that the tokenizer puts before. */
  public List<String> tokens() {
    return tokens.texts();
  }

  /**
   * A value as the run went on with it, after interventions.
   *
   * @param hookPoint such as {@code layers.3.mlp}; docs/models.md has all names
   * @throws PatchgridException if the model has none of that name, or the trace did not keep it
   */
  public Activation activation(String hookPoint) {
    requireOpen();
    HookPoint point = model.hookPoint(hookPoint);
    return model.activation(point, tokens.length(), value(point));
  }

  private float[] value(HookPoint point) {
    if (!kept.contains(point)) {
      throw new PatchgridException(
          "The trace of \"%s\" did not keep %s: %s"
              .formatted(
                  text,
                  LanguageModel.name(point),
                  kept.isEmpty()
                      ? "it kept nothing"
                      : "it kept " + String.join(", ", model.names(kept))));
    }
    return run.value(point);
  }

  /** The logits behind the last token, [vocabulary]. */
  public float[] logits() {
    requireOpen();
    return logits.clone();
  }

  /**
   * The logit of an answer, in double precision.
   *
   * @param answer what follows the text, in one token: mostly it begins with a space
   * @throws PatchgridException if it is not one token
   */
  public double logit(String answer) {
    requireOpen();
    return run.logit(run.state(), model.answerId(text, answer));
  }

  /** The probability of an answer, as above. */
  public double probability(String answer) {
    requireOpen();
    return MetricReader.probabilities(logits)[model.answerId(text, answer)];
  }

  /**
   * How far this run's prediction is from another's: {@code l2}, {@code mse}, {@code cosine} or
   * {@code kl}, which is KL(other || this).
   *
   * @throws PatchgridException for a metric of answers
   */
  public double distance(Metric metric, Trace other) {
    requireOpen();
    other.requireOpen();
    if (metric.needsAnswer()) {
      throw new PatchgridException(
          metric.label()
              + " is of answers, not a distance: take logit(answer) or probability(answer)");
    }
    if (logits.length != other.logits.length) {
      throw new PatchgridException(
          "Cannot compare %d logits with %d: the traces are of different models"
              .formatted(logits.length, other.logits.length));
    }
    return new MetricReader(other.logits, List.of(), List.of())
        .read(List.of(metric), RunLogits.ofVocabulary(logits, NONE, NONE))[0];
  }

  /** The likeliest next tokens, the first first; of equal ones the lowest id. */
  public List<TopToken> topTokens(int count) {
    requireOpen();
    return topTokens(logits, count);
  }

  /**
   * What the model would predict if it ended behind each layer: the final norm and the unembedding
   * on {@code output} of the layer at the last position (the logit lens). The last layer's are
   * {@link #topTokens}.
   *
   * @return one list a layer
   * @throws PatchgridException if the trace did not keep {@code output} of every layer
   */
  public List<List<TopToken>> logitLens(int count) {
    requireOpen();
    List<List<TopToken>> byLayer = new ArrayList<>();
    for (int layer = 0; layer < model.layers(); layer++) {
      float[] streams = value(new HookPoint(Component.OUTPUT, layer));
      int width = streams.length / tokens.length();
      float[] last = Arrays.copyOfRange(streams, streams.length - width, streams.length);
      byLayer.add(topTokens(run.logits(run.stateOf(last)), count));
    }
    return byLayer;
  }

  private List<TopToken> topTokens(float[] ofLogits, int count) {
    if (count < 1 || count > ofLogits.length) {
      throw new PatchgridException(
          "Cannot list %d tokens: the vocabulary has 1 to %d".formatted(count, ofLogits.length));
    }
    double[] probabilities = MetricReader.probabilities(ofLogits);
    return IntStream.range(0, ofLogits.length)
        .boxed()
        .sorted(Comparator.comparing((Integer id) -> -ofLogits[id]))
        .limit(count)
        .map(id -> new TopToken(id, model.spelling(id), ofLogits[id], probabilities[id]))
        .toList();
  }

  private void requireOpen() {
    model.requireOpen();
    if (closed) {
      throw new IllegalStateException(
          "The trace of \"%s\" is closed: read what you need inside its try block".formatted(text));
    }
  }

  /** Frees its activations. A second time does nothing. */
  @Override
  public void close() {
    closed = true;
    run.close();
  }
}
