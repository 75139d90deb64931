package org.patchgrid.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.experiment.TestModels;
import org.patchgrid.kernel.Activation;
import org.patchgrid.kernel.RotaryPairs;
import org.patchgrid.kernel.TensorKernels;
import org.patchgrid.study.Component;
import org.patchgrid.study.Computation;
import org.patchgrid.study.Device;
import org.patchgrid.study.Distances;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Engine;
import org.patchgrid.study.HeadSelection;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.ModelStructure;
import org.patchgrid.study.PatchDirection;
import org.patchgrid.study.PatchSite;
import org.patchgrid.study.Positions;
import org.patchgrid.study.SweepSite;
import org.patchgrid.study.TestStructures;
import org.patchgrid.study.ValueKind;
import org.patchgrid.transformer.AttentionConfig;
import org.patchgrid.transformer.EmbeddingConfig;
import org.patchgrid.transformer.HeadConfig;
import org.patchgrid.transformer.LayerConfig;
import org.patchgrid.transformer.MlpConfig;
import org.patchgrid.transformer.NormConfig;
import org.patchgrid.transformer.RotaryConfig;
import org.patchgrid.transformer.TransformerConfig;
import org.patchgrid.weights.RandomCheckpoint;
import org.patchgrid.weights.WeightMemory;

/** What the plan says of memory, by hand and beside what a process takes. */
class ExecutorMemoryTest {
  /** Of its largest layer, on the CPU. */
  private static final long LARGEST_WAVE_BYTES = 256L << 20;

  /** The acceptance limit of the prediction: so much more it never takes. */
  private static final double MOST = 1.15;

  /** What the C library keeps is not to be foreseen any better. */
  private static final double LEAST = 0.6;

  private static final EnumSet<Component> COMPONENTS =
      EnumSet.complementOf(EnumSet.of(Component.Q_NORM, Component.K_NORM));

  /** SmolLM2-135M. */
  private static final ModelStructure SMOLLM2 =
      TestStructures.of("smollm2", 30, 9, 3, 576, 64, 1536, 49152, COMPONENTS);

  @Test
  void countsWeightsAsTheyAreHeld() {
    long layers = 30L * (2 * 576 * 576 + 2 * 576 * 192 + 3 * 576 * 1536 + 2 * 576);
    long embedding = 49152L * 576;
    assertThat(memory(config(SMOLLM2, true), Kernel.PLAIN).weightBytes())
        .isEqualTo(4 * (layers + 576 + embedding));
    assertThat(memory(config(SMOLLM2, true), Kernel.ONEDNN).weightBytes())
        .isEqualTo(4 * (layers + 576 + 2 * embedding));
    assertThat(memory(config(SMOLLM2, false), Kernel.PLAIN).weightBytes())
        .isEqualTo(4 * (layers + 576 + 2 * embedding));
    assertThat(memory(config(SMOLLM2, false), Kernel.ONEDNN).weightBytes())
        .isEqualTo(4 * (layers + 576 + 3 * embedding));
    assertThat(
            new WeightMemory(config(SMOLLM2, true), Kernel.PLAIN, Dtype.BFLOAT16).bytes()
                - memory(config(SMOLLM2, true), Kernel.PLAIN).weightBytes())
        .isEqualTo(2 * (layers - 30 * 2 * 576));
  }

  @Test
  void countsTheMatricesOfAPlainModelAsShared() {
    long matrices = 30L * (2 * 576 * 576 + 2 * 576 * 192 + 3 * 576 * 1536);
    long embedding = 49152L * 576;
    assertThat(memory(config(SMOLLM2, true), Kernel.PLAIN).sharedBytes())
        .isEqualTo(4 * (matrices + embedding));
    assertThat(memory(config(SMOLLM2, false), Kernel.PLAIN).sharedBytes())
        .isEqualTo(4 * (matrices + 2 * embedding));
    assertThat(memory(config(SMOLLM2, true), Kernel.ONEDNN).sharedBytes()).isZero();
    assertThat(new WeightMemory(config(SMOLLM2, true), Kernel.PLAIN, Dtype.BFLOAT16).sharedBytes())
        .as("float32 is held beside bfloat16")
        .isEqualTo(4 * (matrices + embedding));
  }

  /** Gemma 2's embedding in float32 is more than one of Java's buffers shows. */
  @Test
  void aMatrixOfMoreThanTwoGibibytesIsNotShared() {
    ModelStructure wide = TestStructures.of("wide", 1, 1, 1, 2304, 8, 8, 256_000, COMPONENTS);
    assertThat(memory(config(wide, true), Kernel.PLAIN).sharedBytes())
        .isEqualTo(4 * (4L * 2304 * 8 + 3 * 2304 * 8));
  }

  @Test
  void countsFilledUpOutputsOfPackedWeights() {
    ModelStructure narrow = TestStructures.of("narrow", 1, 1, 1, 8, 8, 40, 100, COMPONENTS);
    // Outputs 8 -> 32 (five maps), 40 -> 64 (two maps), 100 -> 128; the embedding as it is.
    assertThat(memory(config(narrow, true), Kernel.ONEDNN).weightBytes())
        .isEqualTo(4 * (4 * 32 * 8 + 2 * 64 * 8 + 32 * 40 + 2 * 8 + 8 + 128 * 8 + 100 * 8));
  }

  @Test
  void aTaskGrowsUntilItsWavesAreFull() {
    List<Long> bytes = new ArrayList<>();
    for (int pairs : new int[] {1, 10, 1_000, 1_000_000}) {
      bytes.add(task(SMOLLM2, sites(1, new Positions.All()), pairs, 15));
    }
    assertThat(bytes).isSorted();
    assertThat(bytes.get(2)).isEqualTo(bytes.get(3));
    assertThat(bytes.get(3)).isLessThan(2 * LARGEST_WAVE_BYTES);
  }

  @Test
  void aSingleRowOfALongPromptTakesWhatItTakes() {
    // Two patterns of [3 rows, 9 heads, 2000, 2000] are alive at once.
    long patterns = 2 * 4L * 3 * 9 * 2000 * 2000;
    assertThat(task(SMOLLM2, sites(30, Component.PATTERN, new Positions.Each()), 1, 2000))
        .isBetween(patterns, patterns + (300 << 20));
    assertThat(task(SMOLLM2, sites(30, new Positions.Each()), 1, 2000))
        .as("nobody sees the patterns")
        .isLessThan(2 * LARGEST_WAVE_BYTES);
  }

  @Test
  void theReferenceEngineKeepsWhatItPatches() {
    List<SweepSite> sites = sites(30, new Positions.All());
    ExecutorMemory memory =
        ExecutorMemory.of(
            config(SMOLLM2, true),
            Device.CPU,
            Kernel.ONEDNN,
            Dtype.FLOAT32,
            Computation.of(Engine.REFERENCE),
            Distances.LOGITS,
            sites,
            1000,
            400);
    assertThat(memory.taskBytes())
        .isGreaterThan(30L * 400 * 576 * 4)
        .isLessThan(task(SMOLLM2, sites, 1000, 400));
  }

  @Test
  void describesItself() {
    ExecutorMemory memory = new ExecutorMemory(Device.CPU, 651_000_000, 0, 54_000_000, 83_000_000);
    assertThat(memory.describe())
        .isEqualTo(
            "788 MB an executor beside Java's heap: 651 MB weights, 54 MB tokenizer, 83 MB for each task at once");
    assertThat(memory.bytes(4)).isEqualTo(651_000_000 + 54_000_000 + 4 * 83_000_000);
    assertThat(memory.describeSharing()).isEmpty();
    assertThat(new ExecutorMemory(Device.GPU, 651_000_000, 0, 54_000_000, 83_000_000).describe())
        .isEqualTo("734 MB of a GPU's: 651 MB weights, 83 MB for each task at once");
    assertThat(
            new ExecutorMemory(Device.CPU, 651_000_000, 650_000_000, 54_000_000, 83_000_000)
                .describeSharing())
        .contains(
            "on a cluster the executors of a host share one copy of 650 MB of the weights, so that each but the first adds 138 MB");
  }

  /** Attention of long prompts is nearly all that this small model takes. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/self/status")
  void theDemoModelTakesWhatIsPredictedForLongPrompts(@TempDir Path directory)
      throws IOException, InterruptedException {
    assertPredicted(directory, TestModels.atlas(), TensorKernels.best(), 900, Component.MLP);
  }

  /** Patterns of all tokens are nearly all that this takes. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/self/status")
  void patchedPatternsTakeWhatIsPredicted(@TempDir Path directory)
      throws IOException, InterruptedException {
    assertPredicted(directory, TestModels.atlas(), TensorKernels.best(), 900, Component.PATTERN);
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/self/status")
  void theRealModelTakesWhatIsPredicted(@TempDir Path directory)
      throws IOException, InterruptedException {
    assertPredicted(
        directory,
        realModel(),
        TensorKernels.best(),
        15,
        Component.GUIDE.toArray(Component[]::new));
  }

  /** Weights once more, and what a whole pass keeps for the way back. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/self/status")
  void estimatesTakeWhatIsPredicted(@TempDir Path directory)
      throws IOException, InterruptedException {
    assertPredicted(
        MemoryUse.of(
            directory,
            TestModels.atlas(),
            TensorKernels.best(),
            1,
            400,
            ValueKind.ATTRIBUTION,
            List.of(Component.MLP, Component.Z)));
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/self/status")
  void estimatesOfTheRealModelTakeWhatIsPredicted(@TempDir Path directory)
      throws IOException, InterruptedException {
    assertPredicted(
        MemoryUse.of(
            directory,
            realModel(),
            TensorKernels.best(),
            1,
            100,
            ValueKind.ATTRIBUTION,
            Component.GUIDE));
  }

  /** Attention with soft caps over long prompts is nearly all that it takes. */
  @ParameterizedTest
  @EnumSource(Kernel.class)
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/self/status")
  void softCapsTakeWhatIsPredicted(Kernel kernel, @TempDir Path directory)
      throws IOException, InterruptedException {
    Map<String, Integer> sizes =
        Map.of(
            "hidden_size", 192,
            "num_attention_heads", 6,
            "num_key_value_heads", 2,
            "head_dim", 32,
            "intermediate_size", 512,
            "max_position_embeddings", 1024);
    Path model = random(directory, "gemma2-bf16", sizes);
    assertPredicted(directory, model, kernel, 900, Component.MLP);
  }

  /** Queries and keys are wide beside all else, and are normed. */
  @ParameterizedTest
  @ValueSource(strings = {"qwen3-bf16", "gemma3-text-f32", "olmo2-f32"})
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/self/status")
  void normsOfQueriesAndKeysTakeWhatIsPredicted(String family, @TempDir Path directory)
      throws IOException, InterruptedException {
    boolean tiedSizes = family.startsWith("olmo2"); // heads as wide as the model
    Map<String, Integer> sizes =
        Map.of(
            "hidden_size", tiedSizes ? 2048 : 256,
            "num_attention_heads", 16,
            "num_key_value_heads", 16,
            "head_dim", 128,
            "intermediate_size", 256,
            "max_position_embeddings", 1024);
    Path model = random(directory, family, sizes);
    assertPredicted(
        directory,
        model,
        TensorKernels.best(),
        200,
        Component.SELF_ATTN,
        Component.MLP,
        Component.V_PROJ);
  }

  private static Path realModel() {
    String model = System.getProperty("patchgrid.real-model", "");
    assumeThat(model)
        .as("patchgrid.real-model names a directory that bin/get-smollm2 has filled")
        .isNotEmpty();
    return Path.of(model);
  }

  private static Path random(Path directory, String family, Map<String, Integer> sizes)
      throws IOException {
    return RandomCheckpoint.write(directory.resolve("model"), TestModels.family(family), sizes, 1);
  }

  private static void assertPredicted(
      Path directory, Path model, Kernel kernel, int length, Component... components)
      throws IOException, InterruptedException {
    MemoryUse use =
        MemoryUse.of(
            directory, model, kernel, 1, length, ValueKind.ACTIVATION, List.of(components));
    assertPredicted(use);
  }

  private static void assertPredicted(MemoryUse use) {
    assertThat(use.measured())
        .as("%s", use.lines())
        .isBetween((long) (LEAST * use.predicted()), (long) (MOST * use.predicted()));
    assertThat(use.mappedFiles()).as("files of weights that are still mapped").isZero();
  }

  private static long task(ModelStructure model, List<SweepSite> sites, long pairs, double tokens) {
    return ExecutorMemory.of(
            config(model, true),
            Device.CPU,
            Kernel.ONEDNN,
            Dtype.FLOAT32,
            Computation.of(Engine.WAVEFRONT),
            Distances.LOGITS,
            sites,
            pairs,
            tokens)
        .taskBytes();
  }

  private static ExecutorMemory memory(TransformerConfig config, Kernel kernel) {
    return ExecutorMemory.of(
        config,
        Device.CPU,
        kernel,
        Dtype.FLOAT32,
        Computation.of(Engine.WAVEFRONT),
        Distances.LOGITS,
        sites(1, new Positions.All()),
        1,
        10);
  }

  private static TransformerConfig config(ModelStructure structure, boolean tied) {
    RotaryConfig rotary =
        new RotaryConfig(
            10_000, new RotaryConfig.Unscaled(), structure.headWidth(), RotaryPairs.HALVES);
    LayerConfig layer = new LayerConfig(1, Optional.of(rotary), OptionalInt.empty());
    return new TransformerConfig(
        structure,
        EmbeddingConfig.PLAIN,
        NormConfig.rms(1e-5),
        new AttentionConfig(false, false),
        Collections.nCopies(structure.layers(), layer),
        new MlpConfig(Activation.SILU, false),
        new HeadConfig(tied),
        8192);
  }

  private static List<SweepSite> sites(int layers, Positions positions) {
    return sites(layers, Component.MLP, positions);
  }

  private static List<SweepSite> sites(int layers, Component component, Positions positions) {
    List<SweepSite> sites = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      PatchSite site = new PatchSite(component, layer, 1, HeadSelection.ALL, positions);
      sites.add(new SweepSite("sweep", PatchDirection.DENOISING, site));
    }
    return sites;
  }
}
