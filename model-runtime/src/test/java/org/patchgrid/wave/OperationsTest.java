package org.patchgrid.wave;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.patchgrid.experiment.RandomPlan;
import org.patchgrid.experiment.TestCells;
import org.patchgrid.experiment.TestEngine;
import org.patchgrid.experiment.TestModels;
import org.patchgrid.experiment.TestPairs;
import org.patchgrid.hook.Hooks;
import org.patchgrid.kernel.Activation;
import org.patchgrid.kernel.Linear;
import org.patchgrid.kernel.RotaryPairs;
import org.patchgrid.kernel.TensorKernels;
import org.patchgrid.kernel.TensorOps;
import org.patchgrid.patch.Constants;
import org.patchgrid.patch.PairCells;
import org.patchgrid.patch.PatchedCell;
import org.patchgrid.study.Cell;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.HookPoint;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.TestStructures;
import org.patchgrid.transformer.SequenceTables;
import org.patchgrid.transformer.Sequences;
import org.patchgrid.transformer.TileRange;
import org.patchgrid.transformer.Transformer;
import org.patchgrid.weights.OpenedModel;

/** What a schedule says that it computes is what its forward passes compute. */
class OperationsTest {
  static List<Path> models() {
    return TestModels.families();
  }

  @ParameterizedTest
  @MethodSource("models")
  void areThoseOfTheRealPass(Path directory) {
    try (NDManager manager = TestEngine.newManager()) {
      CountedModel model = new CountedModel(directory, manager);
      Operations planned = Operations.NONE;
      for (int length : List.of(1, 2, 7, 12)) {
        List<PairCells> pairs = new RandomPlan(model.structure, length, length).pairs(3, 60);
        SweepSchedule schedule = SweepSchedule.of(model.structure, pairs, Computation.AUTO);
        schedule.waves().forEach(model::run);
        planned = planned.plus(schedule.operationsByKind());
        assertThat(model.counted()).isEqualTo(planned);
      }
    }
  }

  /**
   * {@code mlp} and {@code self_attn} of every layer at all positions, first difference at p.
   *
   * <p>With T tokens, L layers and n = T - p, the clean and the corrupted run have b = T + n
   * tokens. Below layer l, 2l rows have joined and each has n tokens of its own. The row of {@code
   * self_attn} joins behind layer l's attention and before its MLP; that of {@code mlp} behind
   * both. Behind the last attention every row has one token. So tokens meet
   *
   * <ul>
   *   <li>q, k and v in all layers: sum of b + 2ln = Lb + L(L-1)n
   *   <li>the output projection in all layers but the last: (L-1)b + (L-1)(L-2)n; in the last, 2L
   *   <li>the MLP, with n more in every layer: (L-1)b + (L-1)(L-1)n; in the last, 2L + 1
   *   <li>attention: the clean run's c tiles of queries, and the m from p on of the corrupted run
   *       and of 2l rows, in all layers but the last: (L-1)(c + m) + (L-1)(L-2)m; in the last one
   *       of every row, 2L. Each is two products of its positions with T keys
   *   <li>the unembedding: 2
   * </ul>
   */
  @ParameterizedTest
  @CsvSource({"6, 2, 4, 6", "12, 4, 30, 4", "12, 0, 30, 4", "12, 11, 6, 4", "5, 1, 1, 5"})
  void haveAClosedFormInTheSimplestCase(
      int tokens, int firstDifference, int layers, int positionsOfTile) {
    double width = 576;
    double mlpWidth = 1536;
    double queryWidth = 9 * 64;
    double keyValueWidth = 3 * 64;
    ModelStructure structure =
        TestStructures.of(
            "tiny", layers, 9, 3, 576, 64, 1536, 49152, EnumSet.allOf(Component.class));
    double n = tokens - firstDifference;
    double b = tokens + n;
    double l = layers;
    double linear =
        (l * b + l * (l - 1) * n) * width * (queryWidth + 2 * keyValueWidth)
            + ((l - 1) * b + (l - 1) * (l - 2) * n + 2 * l) * queryWidth * width
            + ((l - 1) * b + (l - 1) * (l - 1) * n + 2 * l + 1) * 3 * width * mlpWidth;
    int c = tokens / positionsOfTile;
    int m = c - firstDifference / positionsOfTile;
    double attention =
        ((l - 1) * (c + m) + (l - 1) * (l - 2) * m + 2 * l)
            * 2
            * positionsOfTile
            * tokens
            * queryWidth;
    double unembedding = 2 * width * 49152;

    List<PatchedCell> cells = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      cells.add(whole(Component.SELF_ATTN, layer, layers));
      cells.add(whole(Component.MLP, layer, layers));
    }
    SweepSchedule schedule =
        SweepSchedule.of(
            structure,
            List.of(new PairCells(TestPairs.differingAt(tokens, firstDifference), cells)),
            Computation.AUTO);
    assertThat(schedule.waves()).hasSize(1);
    assertThat(schedule.operationsByKind())
        .isEqualTo(new Operations(2 * linear, 2 * attention, 2 * unembedding));
  }

  private static PatchedCell whole(Component component, int layer, int layers) {
    Cell cell =
        TestCells.cell(
            "sweep",
            "pair",
            PatchDirection.DENOISING,
            component,
            layer,
            1,
            OptionalInt.empty(),
            OptionalInt.empty(),
            Optional.empty());
    return TestCells.patched(cell, layers, HeadSelection.ALL, Optional.empty());
  }

  /** A model that runs waves, and counts. */
  private static final class CountedModel {
    private final ModelStructure structure;
    private final Transformer transformer;
    private final NDManager manager;
    private double linear;
    private double attention;
    private double unembedding;

    CountedModel(Path path, NDManager manager) {
      this.manager = manager;
      OpenedModel model = OpenedModel.open(path);
      TensorOps ops = new CountedOps();
      this.structure = model.config().structure();
      this.transformer =
          new Transformer(
              manager, model.config(), model.weights(manager, ops, Optional.empty()), ops);
    }

    void run(Wave wave) {
      try (NDManager scope = manager.newSubManager()) {
        WaveRun run =
            new WaveRun(
                transformer,
                new WaveRows(wave),
                transformer.tables(scope, wave.length()),
                Map.of(),
                Constants.ZEROS);
        NDArray ids = scope.zeros(new Shape(run.initialTokens().size()), DataType.INT64);
        CountedAttention counted = new CountedAttention(run);
        NDArray last = transformer.forward(scope, ids, counted, counted);
        double before = linear;
        transformer.logits(last.get(":{}", WaveRows.BASE_ROWS * wave.pairs().size()));
        unembedding += linear - before;
        linear = before;
      }
    }

    Operations counted() {
      return new Operations(linear, attention, unembedding);
    }

    private final class CountedOps implements TensorOps {
      private final TensorOps plain = TensorKernels.load(Kernel.PLAIN, Dtype.FLOAT32, manager);

      @Override
      public Kernel kernel() {
        return plain.kernel();
      }

      @Override
      public Linear linear(NDArray weight, Optional<NDArray> bias) {
        Linear map = plain.linear(weight, bias);
        double operations = 2.0 * weight.getShape().size();
        return x -> {
          linear += x.getShape().get(0) * operations;
          return map.apply(x);
        };
      }

      @Override
      public NDArray rmsNorm(NDArray x, NDArray weight, NDArray epsilon) {
        return plain.rmsNorm(x, weight, epsilon);
      }

      @Override
      public NDArray layerNorm(NDArray x, NDArray weight, NDArray bias, NDArray epsilon) {
        return plain.layerNorm(x, weight, bias, epsilon);
      }

      @Override
      public NDArray rotated(RotaryPairs pairs, NDArray x, NDArray cosine, NDArray sine) {
        return plain.rotated(pairs, x, cosine, sine);
      }

      @Override
      public NDArray activated(Activation activation, NDArray x) {
        return plain.activated(activation, x);
      }

      @Override
      public NDArray gated(Activation activation, NDArray gate, NDArray up) {
        return plain.gated(activation, gate, up);
      }

      @Override
      public NDArray softCap(NDArray x, NDArray cap) {
        return plain.softCap(x, cap);
      }
    }

    /** Counts attention's two products, for each of which the keys or values are asked for. */
    private final class CountedAttention implements Sequences, Hooks {
      private final WaveRun run;

      CountedAttention(WaveRun run) {
        this.run = run;
      }

      @Override
      public NDArray at(HookPoint point, NDArray value) {
        return run.at(point, value);
      }

      @Override
      public boolean watches(HookPoint point) {
        return run.watches(point);
      }

      @Override
      public NDArray now(NDArray earlier) {
        return run.now(earlier);
      }

      @Override
      public SequenceTables tables() {
        return run.tables();
      }

      @Override
      public long[] positions(int count) {
        return run.positions(count);
      }

      @Override
      public NDArray atPositions(NDArray table, NDArray tokens) {
        return run.atPositions(table, tokens);
      }

      @Override
      public long[] positions(TileRange range) {
        return run.positions(range);
      }

      @Override
      public void attend() {
        run.attend();
      }

      @Override
      public NDArray queries(NDArray tokens, int heads) {
        return run.queries(tokens, heads);
      }

      @Override
      public NDArray keys(NDArray tokens, int heads, TileRange range) {
        long queries = (long) range.count() * run.tables().tile();
        attention += 2.0 * queries * run.tables().length() * structure.queryWidth();
        return run.keys(tokens, heads, range);
      }

      @Override
      public NDArray tokens(NDArray tiles) {
        return run.tokens(tiles);
      }

      @Override
      public NDArray last(NDArray tokens) {
        return run.last(tokens);
      }
    }
  }
}
