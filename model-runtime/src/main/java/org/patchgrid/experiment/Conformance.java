package org.patchgrid.experiment;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.patchgrid.hook.ActivationCache;
import org.patchgrid.hook.Hooks;
import org.patchgrid.kernel.Gradients;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PairStates;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.patch.SiteExpansion;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Engine;
import org.patchgrid.study.HeadAxis;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.Positions;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TokenizedPair;
import org.patchgrid.wave.Outcome;
import org.patchgrid.wave.PairOutcomes;

/**
 * The identities that must hold on any model, checked on one: what the structure forces, what must
 * coincide, what adds up, and that both engines agree. A whole forward pass for every patched run,
 * in the first, the middle and the last layer. One thread uses it.
 */
public final class Conformance {
  /** Of the largest value, where bits may depend on what is computed together. */
  private static final double ROUNDING = 1e-4;

  private final LoadedModel model;
  private final ModelStructure structure;
  private final double tolerance;
  private final Map<String, Line> lines = new LinkedHashMap<>();
  private String pairId = "";

  /**
   * One identity.
   *
   * @param comparisons how often it was looked at
   * @param largestDeviation relative to the largest value
   * @param largestOf the id of the pair that it was seen on
   * @param allowed 0 where the same bits are promised
   */
  public record Line(
      String identity, int comparisons, double largestDeviation, String largestOf, double allowed) {
    public boolean holds() {
      return largestDeviation <= allowed;
    }

    private Line with(double deviation, String pair) {
      double found = Double.isNaN(deviation) ? Double.POSITIVE_INFINITY : deviation;
      return found > largestDeviation
          ? new Line(identity, comparisons + 1, found, pair, allowed)
          : new Line(identity, comparisons + 1, largestDeviation, largestOf, allowed);
    }
  }

  public Conformance(LoadedModel model) {
    this.model = model;
    this.structure = model.structure();
    this.tolerance = model.kernel().keepsRows() ? 0 : ROUNDING;
  }

  /**
   * Checks the model on one more pair.
   *
   * @param pair usable, its prompts differ
   */
  public void check(TokenizedPair pair) {
    Gradients.stop();
    pairId = pair.pair().id();
    try (NDManager manager = model.newManager()) {
      activations(pair, manager);
      patches(pair, manager);
    }
  }

  /** A line for each identity, over all pairs so far. */
  public List<Line> lines() {
    return List.copyOf(lines.values());
  }

  /** What one clean run must be like. */
  private void activations(TokenizedPair pair, NDManager manager) {
    Set<HookPoint> points = new HashSet<>();
    for (int layer : layers()) {
      structure.components().forEach(component -> points.add(new HookPoint(component, layer)));
    }
    List<Integer> ids = pair.clean().ids();
    ActivationCache cache = new ActivationCache(manager, points);
    float[] state = forward(ids, cache, manager);
    add("the last state is made of numbers", 0, isFinite(state) ? 0 : Double.NaN);
    for (int layer : layers()) {
      float[] pre = values(cache, Component.RESID_PRE, layer);
      float[] attention = values(cache, Component.SELF_ATTN, layer);
      float[] mlp = values(cache, Component.MLP, layer);
      float[] sum = new float[pre.length];
      for (int i = 0; i < sum.length; i++) {
        sum[i] = pre[i] + attention[i] + mlp[i];
      }
      add(
          "resid_pre + self_attn + mlp = output",
          0,
          deviation(values(cache, Component.OUTPUT, layer), sum));
      patterns(values(cache, Component.PATTERN, layer), ids.size());
      prefix(pair, layer, cache, manager);
    }
  }

  private void patterns(float[] pattern, int length) {
    double sum = 0;
    double ahead = 0;
    for (int row = 0; row < pattern.length / length; row++) {
      double total = 0;
      int query = row / structure.queryHeads(); // [T, H, T]
      for (int key = 0; key < length; key++) {
        float weight = pattern[row * length + key];
        total += weight;
        ahead = key > query ? Math.max(ahead, Math.abs(weight)) : ahead;
      }
      sum = Math.max(sum, Math.abs(total - 1));
    }
    add("attention of a query sums to one", 1e-5, sum);
    add("no query sees a later key", 0, ahead);
  }

  /** Without the last token, everything before it is as it was. */
  private void prefix(TokenizedPair pair, int layer, ActivationCache whole, NDManager manager) {
    int length = pair.clean().length() - 1;
    if (length < 1) {
      return;
    }
    HookPoint output = new HookPoint(Component.OUTPUT, layer);
    ActivationCache cache = new ActivationCache(manager, Set.of(output));
    forward(pair.clean().ids().subList(0, length), cache, manager);
    float[] expected =
        Arrays.copyOf(whole.value(output).toFloatArray(), length * structure.modelWidth());
    // Attention of another length is another matrix product.
    add(
        "earlier positions do not depend on later tokens",
        ROUNDING,
        deviation(cache.value(output).toFloatArray(), expected));
  }

  /** What patched runs must be like. */
  private void patches(TokenizedPair pair, NDManager manager) {
    List<PatchedCell> cells = cells(pair);
    PairCells work = new PairCells(pair, cells);
    PairStates reference = run(Engine.REFERENCE, work, manager);
    PairStates waves = run(Engine.WAVEFRONT, work, manager);
    PairOutcomes outcomes = new PairOutcomes(structure, work);
    Map<Outcome, float[]> first = new HashMap<>();
    for (int i = 0; i < cells.size(); i++) {
      float[] state = reference.patched().get(i).orElseThrow();
      Outcome outcome = outcomes.of(cells.get(i).run());
      boolean denoising = outcome.direction() == PatchDirection.DENOISING;
      float[] source = denoising ? reference.clean() : reference.corrupted();
      float[] target = denoising ? reference.corrupted() : reference.clean();
      if (outcome instanceof Outcome.SourceRun) {
        add("a patched residual stream is the source run", tolerance, deviation(state, source));
      } else if (outcome instanceof Outcome.TargetRun) {
        add("what cannot reach the answer has no effect", tolerance, deviation(state, target));
      } else {
        float[] same = first.computeIfAbsent(outcome, key -> state);
        if (same != state) {
          add("components that determine each other coincide", tolerance, deviation(state, same));
        }
      }
      add("both engines agree", tolerance, deviation(waves.patched().get(i).orElseThrow(), state));
    }
    PairCells self = new PairCells(pair.withItself(), cells);
    PairStates unchanged = run(Engine.REFERENCE, self, manager);
    unchanged
        .patched()
        .forEach(
            state ->
                add(
                    "a run patched with itself does not change",
                    0,
                    deviation(state.orElseThrow(), unchanged.clean())));
  }

  private PairStates run(Engine engine, PairCells work, NDManager manager) {
    return model.engine(Computation.of(engine), manager).run(List.of(work)).get(0);
  }

  /** Every component, at all positions, at one before, at and behind the difference; some heads. */
  private List<PatchedCell> cells(TokenizedPair pair) {
    int length = pair.clean().length();
    int difference = pair.firstDifference().orElse(0);
    Set<Integer> positions = new TreeSet<>(List.of(0, difference, (difference + length) / 2));
    positions.add(length - 1);
    positions.removeIf(position -> position >= length);
    List<PatchSite> sites = new ArrayList<>();
    for (int layer : layers()) {
      for (Component component : structure.components()) {
        sites.add(new PatchSite(component, layer, 1, HeadSelection.ALL, new Positions.All()));
        for (int position : positions) {
          Positions at = new Positions.At(position);
          sites.add(new PatchSite(component, layer, 1, HeadSelection.ALL, at));
        }
        if (component.headAxis() != HeadAxis.NONE) {
          HeadSelection last = HeadSelection.one(structure.heads(component) - 1);
          sites.add(new PatchSite(component, layer, 1, last, new Positions.All()));
        }
      }
    }
    SiteExpansion expansion = new SiteExpansion(structure);
    return sites.stream()
        .map(site -> new SweepSite("conformance", PatchDirection.DENOISING, site))
        .flatMap(site -> expansion.cells(site, pair).stream())
        .toList();
  }

  private Set<Integer> layers() {
    int last = structure.layers() - 1;
    return new TreeSet<>(List.of(0, last / 2, last));
  }

  private float[] forward(List<Integer> ids, Hooks hooks, NDManager manager) {
    try (NDManager run = manager.newSubManager()) {
      return model.transformer().forward(run, ids, hooks).toFloatArray();
    }
  }

  private static float[] values(ActivationCache cache, Component component, int layer) {
    return cache.value(new HookPoint(component, layer)).toFloatArray();
  }

  private void add(String identity, double allowed, double deviation) {
    Line line = lines.getOrDefault(identity, new Line(identity, 0, 0, pairId, allowed));
    lines.put(identity, line.with(deviation, pairId));
  }

  private static boolean isFinite(float[] values) {
    return IntStream.range(0, values.length).allMatch(i -> Float.isFinite(values[i]));
  }

  /** The largest difference, relative to the largest expected value. */
  private static double deviation(float[] found, float[] expected) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs((double) found[i] - expected[i]));
    }
    return difference == 0 ? 0 : difference / largest;
  }
}
