package org.patchgrid.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.patchgrid.study.Component.ACT;
import static org.patchgrid.study.Component.DOWN_PROJ;
import static org.patchgrid.study.Component.GATE_PROJ;
import static org.patchgrid.study.Component.INPUT_LAYERNORM;
import static org.patchgrid.study.Component.K_NORM;
import static org.patchgrid.study.Component.K_PROJ;
import static org.patchgrid.study.Component.MLP;
import static org.patchgrid.study.Component.OUTPUT;
import static org.patchgrid.study.Component.O_PROJ;
import static org.patchgrid.study.Component.PATTERN;
import static org.patchgrid.study.Component.POST_ATTENTION_LAYERNORM;
import static org.patchgrid.study.Component.Q_NORM;
import static org.patchgrid.study.Component.Q_PROJ;
import static org.patchgrid.study.Component.RESID_MID;
import static org.patchgrid.study.Component.RESID_PRE;
import static org.patchgrid.study.Component.SELF_ATTN;
import static org.patchgrid.study.Component.UP_PROJ;
import static org.patchgrid.study.Component.V_PROJ;
import static org.patchgrid.study.Component.Z;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.patchgrid.experiment.TestCells;
import org.patchgrid.experiment.TestModels;
import org.patchgrid.experiment.TestPairs;
import org.patchgrid.hook.ActivationCache;
import org.patchgrid.hook.HookChain;
import org.patchgrid.hook.Hooks;
import org.patchgrid.kernel.NativeArrays;
import org.patchgrid.kernel.TensorKernels;
import org.patchgrid.kernel.TensorOps;
import org.patchgrid.patch.Constants;
import org.patchgrid.patch.ForcedOutcome;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.study.Cell;
import org.patchgrid.study.Component;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.HeadAxis;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.TokenSpan;
import org.patchgrid.study.TokenizedPair;
import org.patchgrid.transformer.Transformer;
import org.patchgrid.transformer.TransformerWeights;
import org.patchgrid.transformer.WholeSequences;
import org.patchgrid.weights.OpenedModel;

/** What must be true of every model, compared bit for bit. */
@ParameterizedClass
@MethodSource("models")
class IdentitiesTest {
  private static final int DIFFERENCE = 3;

  /** Changes nothing, and sees every value. */
  private static final Hooks LOOKING = (point, value) -> value;

  static List<Path> models() {
    List<Path> models = new ArrayList<>(TestModels.families());
    models.add(TestModels.atlas());
    return models;
  }

  private final Path directory;
  private Transformer transformer;
  private ModelStructure structure;
  private NDManager manager;
  private TokenizedPair pair;
  private int longestPrompt;
  private int layers;
  private int length;

  IdentitiesTest(Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void load() {
    Kernel kernel = TensorKernels.best(TestModels.device(), Dtype.FLOAT32);
    OpenedModel model = OpenedModel.open(directory);
    manager = OpenedModel.newOwner(TestModels.device(), 0);
    TensorOps ops = TensorKernels.load(kernel, Dtype.FLOAT32, manager);
    TransformerWeights weights = model.weights(manager, ops, Optional.empty());
    transformer = new Transformer(manager, model.config(), weights, ops);
    structure = model.config().structure();
    longestPrompt = model.config().longestPrompt();
    layers = structure.layers();
    pair = TestPairs.ofIds(List.of(5, 17, 33, 40, 8, 99, 21), List.of(5, 17, 33, 71, 8, 99, 21));
    length = pair.clean().length();
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void patchingARunWithItselfChangesNoBit() {
    TokenizedPair same = TestPairs.ofIds(pair.clean().ids(), pair.clean().ids());
    try (PairRuns runs = runs(same)) {
      assertThat(runs.corruptedState()).isEqualTo(runs.cleanState());
      for (Component component : structure.components()) {
        for (int layer = 0; layer < layers; layer++) {
          assertThat(runs.patchedState(whole(component, layer).run())).isEqualTo(runs.cleanState());
          assertThat(runs.patchedState(at(component, layer, 2).run())).isEqualTo(runs.cleanState());
          if (component.headAxis() != HeadAxis.NONE) {
            assertThat(runs.patchedState(head(component, layer, 0).run()))
                .isEqualTo(runs.cleanState());
          }
        }
      }
    }
  }

  @Test
  void aWholeResidualStreamIsTheSourceRun() {
    try (PairRuns runs = runs(pair)) {
      for (Component component : present(RESID_PRE, RESID_MID, OUTPUT)) {
        for (int layer = 0; layer < layers; layer++) {
          assertThat(runs.patchedState(whole(component, layer).run())).isEqualTo(runs.cleanState());
          PatchedCell noising =
              cell(PatchDirection.NOISING, component, layer, HeadSelection.ALL, Optional.empty());
          assertThat(runs.patchedState(noising.run())).isEqualTo(runs.corruptedState());
        }
      }
    }
  }

  @Test
  void theOutputOfALayerIsTheInputOfTheNext() {
    try (PairRuns runs = runs(pair)) {
      for (int layer = 0; layer + 1 < layers; layer++) {
        for (int position = 0; position < length; position++) {
          assertThat(runs.patchedState(at(OUTPUT, layer, position).run()))
              .isEqualTo(runs.patchedState(at(RESID_PRE, layer + 1, position).run()));
        }
      }
    }
  }

  @Test
  void theResidualStreamIsASum() {
    ActivationCache cache = new ActivationCache(manager, everyPoint());
    forward(pair.clean().ids(), cache);
    for (int layer = 0; layer < layers; layer++) {
      float[] pre = values(cache, RESID_PRE, layer);
      float[] attention = values(cache, SELF_ATTN, layer);
      float[] mlp = values(cache, MLP, layer);
      float[] output = values(cache, OUTPUT, layer);
      for (int i = 0; i < pre.length; i++) {
        assertThat(output[i]).isEqualTo(pre[i] + attention[i] + mlp[i]);
      }
      if (structure.has(RESID_MID)) {
        float[] mid = values(cache, RESID_MID, layer);
        for (int i = 0; i < pre.length; i++) {
          assertThat(mid[i]).isEqualTo(pre[i] + attention[i]);
        }
      }
    }
  }

  @Test
  void componentsThatDetermineEachOtherHaveTheSameBits() {
    List<Component> attention = present(SELF_ATTN, O_PROJ, Z);
    List<Component> wholeAttention = new ArrayList<>(attention);
    if (structure.has(INPUT_LAYERNORM) && !structure.sharesNorm()) {
      wholeAttention.add(INPUT_LAYERNORM);
    }
    List<Component> mlp = new ArrayList<>(present(POST_ATTENTION_LAYERNORM, MLP, DOWN_PROJ, ACT));
    if (!structure.isGated()) {
      mlp.add(UP_PROJ);
    }
    List<Component> queries = present(Q_PROJ, Q_NORM);
    List<Component> keys = present(K_PROJ, K_NORM);
    List<List<Component>> atAllPositions = List.of(wholeAttention, mlp, queries, keys);
    List<List<Component>> atOnePosition = List.of(attention, mlp, queries, keys);
    try (PairRuns runs = runs(pair)) {
      for (int layer = 0; layer < layers; layer++) {
        for (List<Component> group : atAllPositions) {
          float[] first = runs.patchedState(whole(group.get(0), layer).run());
          for (Component component : group) {
            assertThat(runs.patchedState(whole(component, layer).run())).isEqualTo(first);
          }
        }
        for (List<Component> group : atOnePosition) {
          float[] first = runs.patchedState(at(group.get(0), layer, 4).run());
          for (Component component : group) {
            assertThat(runs.patchedState(at(component, layer, 4).run())).isEqualTo(first);
          }
        }
      }
    }
  }

  /** A norm of each head leaves the others alone; one over all heads ties them together. */
  @Test
  void aHeadBeforeItsNormIsThatHeadBehindItUnlessTheNormSpansHeads() {
    if (!structure.normsQueriesAndKeys()) {
      return;
    }
    try (PairRuns runs = runs(pair)) {
      float[] before = runs.patchedState(head(Q_PROJ, 1, 1).run());
      float[] behind = runs.patchedState(head(Q_NORM, 1, 1).run());
      if (structure.normSpansHeads()) {
        assertThat(behind).isNotEqualTo(before);
      } else {
        assertThat(behind).isEqualTo(before);
      }
    }
  }

  @Test
  void everyHeadOfZTogetherIsZ() {
    ActivationCache clean = new ActivationCache(manager, everyPoint());
    forward(pair.clean().ids(), clean);
    try (PairRuns runs = runs(pair)) {
      for (int layer = 0; layer < layers; layer++) {
        Hooks patches = Hooks.NONE;
        for (int head = 0; head < structure.queryHeads(); head++) {
          patches = new HookChain(List.of(patches, headOfZ(layer, head, clean)));
        }
        assertThat(forward(pair.corrupted().ids(), patches))
            .isEqualTo(runs.patchedState(whole(Z, layer).run()));
      }
    }
  }

  @Test
  void whatTheHeadsChangeInTheOutputProjectionAddsUp() {
    ActivationCache clean = new ActivationCache(manager, everyPoint());
    forward(pair.clean().ids(), clean);
    for (int layer = 0; layer < layers; layer++) {
      float[] target = outputProjection(layer, Hooks.NONE);
      Hooks all = (point, value) -> value;
      double[] summed = new double[target.length];
      for (int head = 0; head < structure.queryHeads(); head++) {
        Hooks one = headOfZ(layer, head, clean);
        all = new HookChain(List.of(all, one));
        float[] patched = outputProjection(layer, one);
        for (int i = 0; i < summed.length; i++) {
          summed[i] += (double) patched[i] - target[i];
        }
      }
      float[] together = outputProjection(layer, all);
      for (int i = 0; i < summed.length; i++) {
        assertThat((double) together[i] - target[i]).isCloseTo(summed[i], within(2e-5));
      }
    }
  }

  @Test
  void whatCausalityForbidsHasExactlyNoEffect() {
    try (PairRuns runs = runs(pair)) {
      for (Component component : structure.components()) {
        for (int layer = 0; layer < layers; layer++) {
          for (int position = 0; position < DIFFERENCE; position++) {
            assertThat(runs.patchedState(at(component, layer, position).run()))
                .as("%s at layer %d, position %d", component, layer, position)
                .isEqualTo(runs.corruptedState());
          }
        }
      }
      List<Component> readAtTheLastPositionOnly =
          present(
              Q_PROJ,
              Q_NORM,
              PATTERN,
              Z,
              O_PROJ,
              SELF_ATTN,
              RESID_MID,
              POST_ATTENTION_LAYERNORM,
              GATE_PROJ,
              UP_PROJ,
              ACT,
              DOWN_PROJ,
              MLP,
              OUTPUT);
      for (Component component : readAtTheLastPositionOnly) {
        for (int position = 0; position < length - 1; position++) {
          assertThat(runs.patchedState(at(component, layers - 1, position).run()))
              .as("%s at the last layer, position %d", component, position)
              .isEqualTo(runs.corruptedState());
        }
      }
      for (Component component : present(RESID_PRE, INPUT_LAYERNORM, K_PROJ, K_NORM, V_PROJ)) {
        assertThat(runs.patchedState(at(component, layers - 1, length - 2).run()))
            .as("%s at the last layer does matter", component)
            .isNotEqualTo(runs.corruptedState());
      }
    }
  }

  @Test
  void byConstructionIsSaidExactlyWhereTheSourceRunIsForced() {
    ForcedOutcome forced = new ForcedOutcome(new PairCells(pair, List.of()), layers);
    try (PairRuns runs = runs(pair)) {
      for (Component component : structure.components()) {
        for (int layer = 0; layer < layers; layer++) {
          List<PatchedCell> cells = new ArrayList<>(List.of(whole(component, layer)));
          for (int position : new int[] {0, DIFFERENCE, length - 1}) {
            cells.add(at(component, layer, position));
          }
          for (PatchedCell cell : cells) {
            boolean isSource = Arrays.equals(runs.patchedState(cell.run()), runs.cleanState());
            assertThat(forced.applies(cell.run())).as(cell.toString()).isEqualTo(isSource);
          }
        }
      }
    }
  }

  /** An oracle of its own for one head: the columns are overwritten in Java. */
  private Hooks headOfZ(int layer, int head, ActivationCache source) {
    int width = structure.headWidth();
    int columns = structure.queryHeads() * width;
    HookPoint z = new HookPoint(Z, layer);
    return (point, value) -> {
      if (!point.equals(z)) {
        return value;
      }
      float[] target = value.toFloatArray();
      float[] from = source.value(z).toFloatArray();
      for (int row = 0; row < target.length; row += columns) {
        System.arraycopy(from, row + head * width, target, row + head * width, width);
      }
      return manager.create(target, value.getShape());
    };
  }

  /** Attention goes another way where nobody looks. */
  @Test
  void lookingAtThePatternChangesNoBit() {
    assertThat(LOOKING.watches(new HookPoint(PATTERN, 0))).isTrue();
    int longest = Math.min(longestPrompt, 90);
    for (TokenizedPair each : List.of(pair, TestPairs.differingAt(longest, DIFFERENCE))) {
      List<Integer> ids = each.clean().ids();
      assertThat(forward(ids, Hooks.NONE)).isEqualTo(forward(ids, LOOKING));
    }
  }

  /** More tokens than go through attention and MLPs at once where nobody looks. */
  @Test
  void lookingAtManySequencesChangesNoBit() {
    assumeThatRowsKeepTheirBits();
    int tokens = Math.min(longestPrompt, 31);
    int all = 1_100 / tokens * tokens;
    try (NDManager run = manager.newSubManager()) {
      NDArray ids =
          NativeArrays.of(run, IntStream.range(0, all).mapToLong(i -> (7L * i) % 97).toArray());
      WholeSequences sequences = new WholeSequences(transformer.tables(run, tokens));
      assertThat(transformer.forward(run, ids, sequences, Hooks.NONE).toFloatArray())
          .isEqualTo(transformer.forward(run, ids, sequences, LOOKING).toFloatArray());
    }
  }

  /** Every number of tiles, and every size of one. */
  @Test
  void aSequenceHasTheSameBitsBesideOthers() {
    assumeThatRowsKeepTheirBits();
    for (int tokens = 1; tokens <= Math.min(longestPrompt, 40); tokens++) {
      List<Integer> clean = IntStream.range(0, tokens).map(i -> (7 * i + 3) % 97).boxed().toList();
      List<Integer> corrupted =
          IntStream.range(0, tokens).map(i -> (5 * i + 11) % 97).boxed().toList();
      List<Integer> both = Stream.concat(clean.stream(), corrupted.stream()).toList();
      float[] expected = concatenated(forward(clean, Hooks.NONE), forward(corrupted, Hooks.NONE));
      try (NDManager run = manager.newSubManager()) {
        NDArray ids = NativeArrays.of(run, both.stream().mapToLong(Integer::longValue).toArray());
        WholeSequences sequences = new WholeSequences(transformer.tables(run, tokens));
        assertThat(transformer.forward(run, ids, sequences, Hooks.NONE).toFloatArray())
            .as("%d tokens", tokens)
            .isEqualTo(expected);
      }
    }
  }

  private static void assumeThatRowsKeepTheirBits() {
    assumeThat(TensorKernels.best(TestModels.device(), Dtype.FLOAT32).keepsRows())
        .as("a row's bits are the same whatever runs beside it")
        .isTrue();
  }

  private static float[] concatenated(float[] first, float[] second) {
    float[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /** Those that the model has. */
  private List<Component> present(Component... components) {
    return Stream.of(components).filter(structure::has).toList();
  }

  private float[] outputProjection(int layer, Hooks hooks) {
    ActivationCache cache = new ActivationCache(manager, Set.of(new HookPoint(O_PROJ, layer)));
    forward(pair.corrupted().ids(), new HookChain(List.of(hooks, cache)));
    return values(cache, O_PROJ, layer);
  }

  private float[] forward(List<Integer> ids, Hooks hooks) {
    try (NDManager run = manager.newSubManager()) {
      return transformer.forward(run, ids, hooks).toFloatArray();
    }
  }

  private static float[] values(ActivationCache cache, Component component, int layer) {
    return cache.value(new HookPoint(component, layer)).toFloatArray();
  }

  private PairRuns runs(TokenizedPair tokens) {
    PairCells everyPoint = new PairCells(tokens, cellOfEveryPoint());
    return new PairRuns(transformer, manager, everyPoint, Constants.ZEROS);
  }

  private Set<HookPoint> everyPoint() {
    return Set.copyOf(structure.hookPoints());
  }

  /** Cells that have both runs' activations kept at every point. */
  private List<PatchedCell> cellOfEveryPoint() {
    List<PatchedCell> cells = new ArrayList<>();
    for (PatchDirection direction : PatchDirection.values()) {
      for (Component component : structure.components()) {
        for (int layer = 0; layer < layers; layer++) {
          cells.add(cell(direction, component, layer, HeadSelection.ALL, Optional.empty()));
        }
      }
    }
    return cells;
  }

  private PatchedCell whole(Component component, int layer) {
    return cell(PatchDirection.DENOISING, component, layer, HeadSelection.ALL, Optional.empty());
  }

  private PatchedCell head(Component component, int layer, int head) {
    return cell(
        PatchDirection.DENOISING, component, layer, HeadSelection.one(head), Optional.empty());
  }

  private PatchedCell at(Component component, int layer, int position) {
    return cell(
        PatchDirection.DENOISING,
        component,
        layer,
        HeadSelection.ALL,
        Optional.of(new TokenSpan(position, position + 1)));
  }

  private PatchedCell cell(
      PatchDirection direction,
      Component component,
      int layer,
      HeadSelection heads,
      Optional<TokenSpan> span) {
    Cell cell =
        TestCells.cell(
            "test",
            pair.pair().id(),
            direction,
            component,
            layer,
            1,
            heads.single(),
            span.isPresent() ? OptionalInt.of(span.get().start()) : OptionalInt.empty(),
            Optional.empty());
    return TestCells.patched(cell, layers, heads, span);
  }
}
