package org.patchgrid.model;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.patchgrid.checkpoint.HuggingFaceCache;
import org.patchgrid.experiment.LoadedModel;
import org.patchgrid.experiment.PromptRun;
import org.patchgrid.study.AnswerSpec;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.AnswerTokens;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.Component;
import org.patchgrid.study.ComponentRef;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.PromptText;
import org.patchgrid.study.TokenSequence;
import org.patchgrid.study.TokenizedPair;

/**
 * A language model to look into and to change while it runs: in float32, on the CPU, with one
 * thread of arithmetic a call. Threads may share it.
 *
 * <p>Hook points are named as in docs/models.md: {@code layers.3.self_attn.z} on every model,
 * TransformerLens's names, and the family's own.
 */
public final class LanguageModel implements AutoCloseable {
  private final LoadedModel model;
  private volatile boolean closed;

  private LanguageModel(LoadedModel model) {
    this.model = model;
  }

  /**
   * Loads a model.
   *
   * @param model a directory as Hugging Face or MLX publishes it, or {@code hf:ORG/NAME} for one in
   *     this machine's Hugging Face cache; nothing is downloaded
   * @throws PatchgridException if it is not there, damaged, or of a kind that Patchgrid does not
   *     know
   */
  public static LanguageModel load(String model) {
    Path directory =
        model.startsWith(HuggingFaceCache.PREFIX)
            ? HuggingFaceCache.ofThisMachine().snapshot(model)
            : Path.of(model);
    return new LanguageModel(LoadedModel.load(directory));
  }

  public ModelStructure structure() {
    return model.structure();
  }

  public int layers() {
    return structure().layers();
  }

  /** Every hook point by its role, layer after layer. */
  public List<String> hookPoints() {
    return names(all());
  }

  /** Runs a text and keeps every activation. */
  public Trace trace(String text) {
    return trace(text, Map.of());
  }

  /**
   * Runs a text with interventions, by the names of the hook points, and keeps every activation.
   *
   * @throws PatchgridException if the text has no tokens or too many, or if a name, a position, a
   *     head or a shape is not the model's: the message says what is
   */
  public Trace trace(String text, Map<String, ? extends Intervention> interventions) {
    return run(text, interventions, all());
  }

  /** The same, keeping only the activations named: none takes no memory. */
  public Trace trace(
      String text, Map<String, ? extends Intervention> interventions, Collection<String> kept) {
    Set<HookPoint> points = new HashSet<>();
    kept.forEach(name -> points.add(hookPoint(name)));
    return run(text, interventions, points);
  }

  private Trace run(
      String text, Map<String, ? extends Intervention> interventions, Set<HookPoint> kept) {
    requireOpen();
    TokenSequence tokens = tokenize(text, new AnswerSpec.None()).clean();
    Map<HookPoint, UnaryOperator<float[]>> replacements = new HashMap<>();
    interventions.forEach(
        (name, intervention) -> {
          HookPoint point = hookPoint(name);
          if (replacements.put(point, onRows(point, tokens.length(), intervention)) != null) {
            throw new PatchgridException(
                "%s has two interventions: write one as first.then(second)".formatted(name(point)));
          }
        });
    return new Trace(this, text, tokens, kept, new PromptRun(model, tokens, kept, replacements));
  }

  private UnaryOperator<float[]> onRows(HookPoint point, int length, Intervention intervention) {
    return rows -> {
      Activation value = activation(point, length, rows);
      Activation changed = intervention.apply(value);
      if (!changed.hasShapeOf(value)) {
        throw new PatchgridException(
            "An intervention turned %s into %s: the shapes must be equal"
                .formatted(value, changed));
      }
      return changed.rows();
    };
  }

  Activation activation(HookPoint point, int length, float[] rows) {
    Component component = point.component();
    Axes axes = Axes.of(component);
    int[] shape = axes.shape(component, structure(), length, rows.length / length);
    return Activation.ofRows(name(point), axes, shape, rows);
  }

  /** What a name means here. */
  HookPoint hookPoint(String name) {
    ComponentRef ref = ComponentRef.resolve(name, structure());
    int last = layers() - 1;
    if (ref.layer().isEmpty()) {
      throw new PatchgridException(
          "'%s' names no layer: write layers.0.%s to layers.%d.%s"
              .formatted(name, ref.component(), last, ref.component()));
    }
    int layer = ref.layer().getAsInt();
    if (layer > last) {
      throw new PatchgridException(
          "Cannot find '%s': the layers of %s are 0 to %d"
              .formatted(name, structure().name(), last));
    }
    return new HookPoint(ref.component(), layer);
  }

  static String name(HookPoint point) {
    return "layers." + point.layer() + "." + point.component();
  }

  /** In the order in which a run passes them. */
  List<String> names(Set<HookPoint> points) {
    return structure().hookPoints().stream()
        .filter(points::contains)
        .map(LanguageModel::name)
        .toList();
  }

  private Set<HookPoint> all() {
    return Set.copyOf(structure().hookPoints());
  }

  /**
   * The token by which an answer continues a prompt.
   *
   * @throws PatchgridException if it does not, or takes more than one
   */
  int answerId(String text, String answer) {
    AnswerSpec given = new AnswerSpec.Given(List.of(new PromptText.Text(answer)));
    return ((AnswerTokens.Known) tokenize(text, given).answer()).ids().get(0);
  }

  private TokenizedPair tokenize(String text, AnswerSpec answer) {
    PromptText prompt = new PromptText.Text(text);
    PromptPair pair =
        new PromptPair(
            0, "prompt", prompt, prompt, answer, new AnswerSpec.None(), Map.of(), Map.of());
    TokenizedPair tokenized = model.tokenize(pair, BosPolicy.TOKENIZER, AnswerTokenPolicy.ONE);
    if (!tokenized.isUsable()) {
      throw new PatchgridException(
          "Cannot use \"%s\": %s".formatted(text, tokenized.reason().orElseThrow()));
    }
    return tokenized;
  }

  String spelling(int token) {
    return model.tokenizer().spelling(token);
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "The model is closed: use it and its traces inside its try block");
    }
  }

  /** Frees the model and the activations of all its traces. A second time does nothing. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    model.close();
  }
}
