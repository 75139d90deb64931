package org.patchgrid.study;

import java.io.Serializable;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The sizes of a model and the components it has: all that planning needs to know of it.
 *
 * @param name how messages call the model, for example {@code atlas-6l}
 * @param modelWidth width of the residual stream (Hugging Face: {@code hidden_size})
 * @param mlpWidth width inside the MLP ({@code intermediate_size})
 * @param vocabularySize rows of the unembedding, padding included
 * @param components what a layer has; with the next, all that decides which patches coincide
 * @param normSpansHeads whether a q/k-norm is over the heads together, so that a head's value
 *     depends on the others
 * @param linearLogits whether logits are the product of the unembedding and what it reads, and no
 *     bias and no cap comes after it
 */
public record ModelStructure(
    String name,
    int layers,
    int queryHeads,
    int keyValueHeads,
    int modelWidth,
    int headWidth,
    int mlpWidth,
    int vocabularySize,
    Set<Component> components,
    boolean normSpansHeads,
    boolean linearLogits,
    ModuleNames modules)
    implements Serializable {
  public ModelStructure {
    IntStream sizes =
        IntStream.of(
            layers, queryHeads, keyValueHeads, modelWidth, headWidth, mlpWidth, vocabularySize);
    if (sizes.anyMatch(size -> size < 1)) {
      throw new IllegalArgumentException("Invalid model structure: sizes must be positive");
    }
    if (queryHeads % keyValueHeads != 0) {
      throw new IllegalArgumentException(
          queryHeads + " query heads cannot share " + keyValueHeads + " key-value heads evenly");
    }
    components = Collections.unmodifiableSet(EnumSet.copyOf(components));
  }

  public boolean has(Component component) {
    return components.contains(component);
  }

  /** Every place where a value has a name, as a forward pass meets them. */
  public List<HookPoint> hookPoints() {
    return IntStream.range(0, layers)
        .boxed()
        .flatMap(layer -> components.stream().map(component -> new HookPoint(component, layer)))
        .toList();
  }

  /** Whether attention and MLP read the same residual stream: there is none between them. */
  public boolean isParallel() {
    return !has(Component.RESID_MID);
  }

  /** Whether the norm that feeds attention feeds the MLP too. */
  public boolean sharesNorm() {
    return isParallel()
        && has(Component.INPUT_LAYERNORM)
        && !has(Component.POST_ATTENTION_LAYERNORM);
  }

  /** Whether the MLP has a gate beside its projection. */
  public boolean isGated() {
    return has(Component.GATE_PROJ);
  }

  /** Whether queries and keys are normed before they meet. */
  public boolean normsQueriesAndKeys() {
    return has(Component.Q_NORM);
  }

  public int queryWidth() {
    return queryHeads * headWidth;
  }

  public int keyValueWidth() {
    return keyValueHeads * headWidth;
  }

  /**
   * Numbers that a component has at one position.
   *
   * @param length of the prompt: how many a head's pattern has
   */
  public long width(Component component, int length) {
    return switch (component) {
      case RESID_PRE,
          INPUT_LAYERNORM,
          O_PROJ,
          SELF_ATTN,
          RESID_MID,
          POST_ATTENTION_LAYERNORM,
          DOWN_PROJ,
          MLP,
          OUTPUT ->
          modelWidth;
      case Q_PROJ, Q_NORM, Z -> queryWidth();
      case K_PROJ, V_PROJ, K_NORM -> keyValueWidth();
      case PATTERN -> (long) queryHeads * length;
      case GATE_PROJ, UP_PROJ, ACT -> mlpWidth;
    };
  }

  /** Numbers of a position that a projection is given. */
  public long inputs(Component projection) {
    if (projection == Component.O_PROJ) {
      return queryWidth();
    }
    return projection == Component.DOWN_PROJ ? mlpWidth : modelWidth;
  }

  /** How many heads {@code component} can be cut into; 0 for one without heads. */
  public int heads(Component component) {
    return switch (component.headAxis()) {
      case NONE -> 0;
      case QUERY -> queryHeads;
      case KEY_VALUE -> keyValueHeads;
    };
  }
}
