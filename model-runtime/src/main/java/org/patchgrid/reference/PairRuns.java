package org.patchgrid.reference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.patchgrid.hook.ActivationCache;
import org.patchgrid.hook.EmbeddingNoise;
import org.patchgrid.hook.HookChain;
import org.patchgrid.hook.Hooks;
import org.patchgrid.hook.Interventions;
import org.patchgrid.kernel.NativeArrays;
import org.patchgrid.patch.Constants;
import org.patchgrid.patch.NoiseSample;
import org.patchgrid.patch.Origin;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.Patch;
import org.patchgrid.patch.PatchedRun;
import org.patchgrid.study.Component;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.TokenSequence;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.transformer.Sequences;
import org.patchgrid.transformer.Transformer;
import org.patchgrid.transformer.WholeSequences;

/**
 * What {@link ReferenceEngine} does with one pair: its clean and its corrupted run, once, and a
 * whole forward pass for every patched one.
 *
 * <p>Belongs to one thread. Closing it frees everything it made.
 */
final class PairRuns implements AutoCloseable {
  private final Transformer transformer;
  private final Constants constants;
  private final NDManager manager;
  private final Sequences sequences;
  private final Base clean;
  private final Base corrupted;
  private final int length;

  private static final class Base {
    private final NDArray ids; // [T]
    private final Hooks noise;
    private final ActivationCache activations;
    private final float[] state; // [d_model]

    Base(NDArray ids, Hooks noise, ActivationCache activations, float[] state) {
      this.ids = ids;
      this.noise = noise;
      this.activations = activations;
      this.state = state;
    }
  }

  /** Keeps what the patches of the pair's cells need of its clean and its corrupted run. */
  PairRuns(Transformer transformer, NDManager parent, PairCells pair, Constants constants) {
    this.transformer = transformer;
    this.constants = constants;
    this.manager = parent.newSubManager();
    this.length = pair.length();
    try {
      this.sequences = new WholeSequences(transformer.tables(manager, length));
      this.clean = base(pair.pair().clean(), Hooks.NONE, pair.pointsOf(PatchDirection.DENOISING));
      this.corrupted =
          base(pair.corruptedTokens(), noise(pair), pair.pointsOf(PatchDirection.NOISING));
    } catch (RuntimeException | Error e) {
      manager.close();
      throw e;
    }
  }

  private Hooks noise(PairCells pair) {
    if (pair.noise().isEmpty()) {
      return Hooks.NONE;
    }
    NoiseSample sample = pair.noise().get();
    EmbeddingNoise noise = new EmbeddingNoise(transformer.structure().modelWidth());
    for (int position = sample.span().start(); position < sample.span().end(); position++) {
      noise.put(position, sample.values(position, transformer.structure().modelWidth()));
    }
    return noise;
  }

  private Base base(TokenSequence tokens, Hooks noise, Set<HookPoint> points) {
    NDArray ids =
        NativeArrays.of(
            manager, tokens.ids().stream().mapToLong(Integer::longValue).toArray()); // [T]
    ActivationCache activations = new ActivationCache(manager, points);
    float[] state = run(ids, new HookChain(List.of(noise, activations)));
    return new Base(ids, noise, activations, state);
  }

  /** What the unembedding reads at the last position of the clean run, [d_model]. */
  float[] cleanState() {
    return clean.state;
  }

  /** The same of the corrupted run. */
  float[] corruptedState() {
    return corrupted.state;
  }

  /**
   * What the unembedding reads at the last position of a patched run, [d_model].
   *
   * @throws IllegalStateException if a hook did not fire exactly once
   */
  float[] patchedState(PatchedRun run) {
    return patched(run, Hooks.NONE);
  }

  /**
   * @param last sees what the run goes on with
   */
  private float[] patched(PatchedRun run, Hooks last) {
    Base target = target(run);
    try (NDManager scope = manager.newSubManager()) {
      Map<PatchedRun, ActivationCache> others = others(run, scope);
      Map<HookPoint, UnaryOperator<NDArray>> replacements = new HashMap<>();
      for (Map.Entry<HookPoint, List<Patch>> at : byPoint(run).entrySet()) {
        List<Patch> patches = at.getValue();
        replacements.put(
            at.getKey(),
            value -> {
              NDArray result = value;
              for (Patch patch : patches) {
                result = written(scope, run, patch, others, result);
              }
              return result;
            });
      }
      Interventions interventions = new Interventions(replacements);
      float[] state = run(target.ids, new HookChain(List.of(target.noise, interventions, last)));
      interventions.requireEachFiredOnce();
      return state;
    }
  }

  private static Map<HookPoint, List<Patch>> byPoint(PatchedRun run) {
    return run.patches().stream()
        .collect(Collectors.groupingBy(Patch::point, LinkedHashMap::new, Collectors.toList()));
  }

  private Base target(PatchedRun run) {
    return run.direction() == PatchDirection.DENOISING ? corrupted : clean;
  }

  private Base source(PatchedRun run) {
    return run.direction() == PatchDirection.DENOISING ? clean : corrupted;
  }

  /** The runs that this one takes values from, with those values. */
  private Map<PatchedRun, ActivationCache> others(PatchedRun run, NDManager scope) {
    Map<PatchedRun, Set<HookPoint>> points = new LinkedHashMap<>();
    for (Patch patch : run.patches()) {
      if (patch.origin() instanceof Origin.Run other) {
        points.computeIfAbsent(other.run(), key -> new HashSet<>()).add(patch.point());
      }
    }
    Map<PatchedRun, ActivationCache> others = new HashMap<>();
    points.forEach(
        (other, needed) -> {
          ActivationCache activations = new ActivationCache(scope, needed);
          patched(other, activations);
          others.put(other, activations);
        });
    return others;
  }

  /** A value, [T, width], with one patch written into it. */
  private NDArray written(
      NDManager scope,
      PatchedRun run,
      Patch patch,
      Map<PatchedRun, ActivationCache> others,
      NDArray value) {
    NDArray origin = origin(scope, run, patch, others, value.getShape());
    if (patch.span().isEmpty()
        && patch.heads() instanceof HeadSelection.All
        && patch.sourcePosition().isEmpty()) {
      return ownedLike(value, origin.duplicate());
    }
    NDArray entries = patchedEntries(scope, patch);
    return ownedLike(value, NDArrays.where(entries.broadcast(value.getShape()), origin, value));
  }

  private NDArray origin(
      NDManager scope,
      PatchedRun run,
      Patch patch,
      Map<PatchedRun, ActivationCache> others,
      Shape shape) {
    if (patch.origin() instanceof Origin.Source) {
      return source(run).activations.value(patch.point());
    }
    if (patch.origin() instanceof Origin.Target) {
      return target(run).activations.value(patch.point());
    }
    if (patch.origin() instanceof Origin.Run other) {
      return Objects.requireNonNull(others.get(other.run())).value(patch.point());
    }
    int width = Math.toIntExact(shape.get(1));
    float[] values = new float[length * width];
    for (int position = 0; position < length; position++) {
      float[] row =
          constants.values(patch.point(), (Origin.Constant) patch.origin(), position, width);
      System.arraycopy(row, 0, values, position * width, width);
    }
    return transformer.narrow(NativeArrays.of(scope, values, length, width));
  }

  /**
   * Else it would belong to the manager of where it comes from, which lives on, and so would all
   * that follows.
   */
  private static NDArray ownedLike(NDArray value, NDArray result) {
    result.attach(value.getManager());
    return result;
  }

  /** True where the origin's value goes; broadcasts over the component's values. */
  private NDArray patchedEntries(NDManager scope, Patch patch) {
    Component component = patch.point().component();
    TokenSpan span = patch.span(length);
    boolean[] positions = new boolean[length];
    Arrays.fill(positions, span.start(), span.end(), true);
    NDArray tokens = scope.create(positions, new Shape(length, 1)); // [token, width]
    int heads = transformer.structure().heads(component);
    if (heads == 0) {
      return tokens;
    }
    int headWidth = component == Component.PATTERN ? length : transformer.structure().headWidth();
    boolean[] columns = new boolean[heads * headWidth];
    for (int column = 0; column < columns.length; column++) {
      int head = column / headWidth;
      int entry = column % headWidth;
      columns[column] =
          patch.heads().covers(head)
              && (patch.sourcePosition().isEmpty() || patch.sourcePosition().getAsInt() == entry);
    }
    return tokens.logicalAnd(scope.create(columns, new Shape(1, columns.length)));
  }

  private float[] run(NDArray ids, Hooks hooks) {
    try (NDManager run = manager.newSubManager()) {
      return transformer.forward(run, ids, sequences, hooks).toFloatArray();
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
