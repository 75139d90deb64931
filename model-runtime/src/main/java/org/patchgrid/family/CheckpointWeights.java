package org.patchgrid.family;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.patchgrid.kernel.Linear;
import org.patchgrid.study.Component;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.transformer.AttentionWeights;
import org.patchgrid.transformer.BlockWeights;
import org.patchgrid.transformer.MlpWeights;
import org.patchgrid.transformer.NormConfig;
import org.patchgrid.transformer.NormWeights;
import org.patchgrid.transformer.TransformerConfig;
import org.patchgrid.transformer.TransformerWeights;

/** Reads the weights that a configuration asks for, where a layout says that they are. */
final class CheckpointWeights {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  private final TransformerConfig config;
  private final ModelStructure structure;
  private final CheckpointLayout layout;
  private final TensorLoader loader;
  private final boolean inputsFirst;

  private CheckpointWeights(
      TransformerConfig config, CheckpointLayout layout, TensorLoader loader) {
    this.config = config;
    this.structure = config.structure();
    this.layout = layout;
    this.loader = loader;
    this.inputsFirst = layout.inputsFirst() && storesInputsFirst();
  }

  /**
   * @param layouts the family's names first, then those of other tools
   */
  static TransformerWeights load(
      TransformerConfig config, List<CheckpointLayout> layouts, TensorLoader loader) {
    CheckpointLayout layout =
        layouts.stream()
            .filter(names -> loader.has(names.embedding() + WEIGHT))
            .findFirst()
            .orElse(layouts.get(0));
    return new CheckpointWeights(config, layout, loader).load();
  }

  /** MLX has such weights transposed already; that of q, k and v together is never square. */
  private boolean storesInputsFirst() {
    String fused = modulePath(0, layout.module(Component.Q_PROJ)) + WEIGHT;
    return !loader.shape(fused).equals(List.of(rows(layout.module(Component.Q_PROJ)), width()));
  }

  private TransformerWeights load() {
    NDArray embedding =
        loader.tensor(layout.embedding() + WEIGHT, structure.vocabularySize(), width());
    Optional<NDArray> positions = layout.positions().map(this::positions);
    List<BlockWeights> blocks = new ArrayList<>();
    for (int layer = 0; layer < structure.layers(); layer++) {
      blocks.add(block(layer));
    }
    NormWeights finalNorm = norm(layout.finalNorm(), width());
    NDArray unembedding = unembedding(embedding);
    Optional<NDArray> headBias =
        config.head().bias()
            ? Optional.of(loader.tensor(layout.head() + BIAS, structure.vocabularySize()))
            : Optional.empty();
    return new TransformerWeights(
        embedding,
        positions,
        blocks,
        finalNorm,
        loader.linearOfShared(unembedding),
        unembedding,
        headBias);
  }

  private NDArray positions(String module) {
    int offset = config.embedding().positionOffset().orElseThrow();
    return loader.tensor(module + WEIGHT, config.maxPositions() + (long) offset, width());
  }

  /** A stored head that differs from the embedding wins over the configuration's tie. */
  private NDArray unembedding(NDArray embedding) {
    String head = layout.head() + WEIGHT;
    boolean tied =
        loader.has(head)
            ? loader.sameValues(head, layout.embedding() + WEIGHT)
            : config.head().tied();
    return tied ? embedding : loader.tensor(head, structure.vocabularySize(), width());
  }

  private BlockWeights block(int layer) {
    boolean behind = config.norm().behindSublayers();
    return new BlockWeights(
        norm(layer, Component.INPUT_LAYERNORM, width()),
        attention(layer),
        norm(behind, layer, Component.SELF_ATTN, width()),
        norm(layer, Component.POST_ATTENTION_LAYERNORM, width()),
        mlp(layer),
        norm(behind, layer, Component.MLP, width()));
  }

  private AttentionWeights attention(int layer) {
    boolean inputBias = config.attention().inputBias();
    boolean spansHeads = structure.normSpansHeads();
    return new AttentionWeights(
        linear(layer, Component.Q_PROJ, inputBias),
        linear(layer, Component.K_PROJ, inputBias),
        linear(layer, Component.V_PROJ, inputBias),
        norm(layer, Component.Q_NORM, spansHeads ? structure.queryWidth() : structure.headWidth()),
        norm(
            layer,
            Component.K_NORM,
            spansHeads ? structure.keyValueWidth() : structure.headWidth()),
        linear(layer, Component.O_PROJ, config.attention().outputBias()));
  }

  private MlpWeights mlp(int layer) {
    boolean bias = config.mlp().bias();
    return new MlpWeights(
        structure.isGated()
            ? Optional.of(linear(layer, Component.GATE_PROJ, bias))
            : Optional.empty(),
        linear(layer, Component.UP_PROJ, bias),
        linear(layer, Component.DOWN_PROJ, bias));
  }

  private Optional<NormWeights> norm(int layer, Component component, long width) {
    return norm(structure.has(component), layer, component, width);
  }

  private Optional<NormWeights> norm(boolean there, int layer, Component component, long width) {
    return there
        ? Optional.of(norm(modulePath(layer, layout.module(component)), width))
        : Optional.empty();
  }

  private NormWeights norm(String module, long width) {
    NDArray weight =
        config.norm().addsOne()
            ? loader.onePlus(module + WEIGHT, width)
            : loader.tensor(module + WEIGHT, width);
    return new NormWeights(
        weight,
        config.norm().kind() == NormConfig.Kind.LAYER
            ? Optional.of(loader.tensor(module + BIAS, width))
            : Optional.empty());
  }

  private Linear linear(int layer, Component component, boolean biased) {
    CheckpointModule module = layout.module(component);
    String path = modulePath(layer, module);
    long in = structure.inputs(component);
    long rows = rows(module);
    List<Long> shape = inputsFirst ? List.of(in, rows) : List.of(rows, in);
    NDArray weight =
        loader.tensor(part(path + WEIGHT, shape, inputsFirst, module, component, rows));
    Optional<NDArray> bias =
        biased
            ? Optional.of(
                loader.tensor(part(path + BIAS, List.of(rows), false, module, component, rows)))
            : Optional.empty();
    return loader.linear(weight, bias);
  }

  /** Where a component's rows are in the tensor that its module has. */
  private TensorRows part(
      String tensor,
      List<Long> shape,
      boolean columns,
      CheckpointModule module,
      Component component,
      long rows) {
    long groups =
        switch (module.order()) {
          case IN_TURN -> 1;
          case BY_HEAD -> structure.queryHeads();
        };
    long before =
        module.components().stream()
            .takeWhile(other -> other != component)
            .mapToLong(this::outputs)
            .sum();
    return new TensorRows(
        tensor, shape, columns, rows / groups, before / groups, outputs(component) / groups);
  }

  private String modulePath(int layer, CheckpointModule module) {
    return layout.layers() + "." + layer + "." + module.path();
  }

  private long rows(CheckpointModule module) {
    return module.components().stream().mapToLong(this::outputs).sum();
  }

  private long width() {
    return structure.modelWidth();
  }

  private long outputs(Component component) {
    return structure.width(component, 1);
  }
}
