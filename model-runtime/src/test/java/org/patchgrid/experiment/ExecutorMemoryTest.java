package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.kernel.Activation;
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
import org.patchgrid.transformer.AttentionConfig;
import org.patchgrid.transformer.EmbeddingConfig;
import org.patchgrid.transformer.HeadConfig;
import org.patchgrid.transformer.LayerConfig;
import org.patchgrid.transformer.MlpConfig;
import org.patchgrid.transformer.NormConfig;
import org.patchgrid.transformer.RotaryConfig;
import org.patchgrid.transformer.TransformerConfig;

/** What the plan says of memory, by hand and beside what a process takes. */
class ExecutorMemoryTest {
  /** The acceptance limit of the prediction, in per cent. */
  private static final double TOLERANCE = 15;

  private static final EnumSet<Component> COMPONENTS =
      EnumSet.complementOf(EnumSet.of(Component.Q_NORM, Component.K_NORM));

  /** SmolLM2-135M. */
  private static final ModelStructure SMOLLM2 =
      new ModelStructure("smollm2", 30, 9, 3, 576, 64, 1536, 49152, COMPONENTS);

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
  void countsFilledUpOutputsOfPackedWeights() {
    ModelStructure narrow = new ModelStructure("narrow", 1, 1, 1, 8, 8, 40, 100, COMPONENTS);
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
    assertThat(bytes.get(3)).isLessThan(2 * WaveSize.on(Device.CPU).layerBytes());
  }

  @Test
  void aSingleRowOfALongPromptTakesWhatItTakes() {
    // Two patterns of [3 rows, 9 heads, 2000, 2000] are alive at once.
    long patterns = 2 * 4L * 3 * 9 * 2000 * 2000;
    assertThat(task(SMOLLM2, sites(30, new Positions.Each()), 1, 2000))
        .isBetween(patterns, patterns + (300 << 20));
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
    ExecutorMemory memory = new ExecutorMemory(Device.CPU, 651_000_000, 54_000_000, 83_000_000);
    assertThat(memory.describe())
        .isEqualTo(
            "788 MB an executor beside Java's heap: 651 MB weights, 54 MB tokenizer, 83 MB for each task at once");
    assertThat(memory.bytes(4)).isEqualTo(651_000_000 + 54_000_000 + 4 * 83_000_000);
    assertThat(new ExecutorMemory(Device.GPU, 651_000_000, 54_000_000, 83_000_000).describe())
        .isEqualTo("734 MB of a GPU's: 651 MB weights, 83 MB for each task at once");
  }

  /** Attention of long prompts is nearly all that this small model takes. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/self/status")
  void theDemoModelTakesWhatIsPredictedForLongPrompts(@TempDir Path directory)
      throws IOException, InterruptedException {
    assertPredicted(directory, TestModels.atlas(), 900, Component.MLP);
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/self/status")
  void theRealModelTakesWhatIsPredicted(@TempDir Path directory)
      throws IOException, InterruptedException {
    String model = System.getProperty("patchgrid.real-model", "");
    assumeThat(model)
        .as("patchgrid.real-model names a directory that bin/get-smollm2 has filled")
        .isNotEmpty();
    assertPredicted(directory, Path.of(model), 15, Component.GUIDE.toArray(Component[]::new));
  }

  /**
   * In a JVM whose heap is resident from the start. Its second compiler is off: it takes tens of
   * megabytes whenever it likes, and they are Java's.
   */
  private static void assertPredicted(
      Path directory, Path model, int length, Component... components)
      throws IOException, InterruptedException {
    Path output = directory.resolve("output.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
    command.addAll(List.of("-Xms192m", "-Xmx192m", "-XX:+AlwaysPreTouch"));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Dai.djl.offline=true"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path", "")));
    command.add(MemoryProbe.class.getName());
    command.add(TestModels.family("llama-mha-f32").toString());
    command.addAll(List.of(model.toString(), Integer.toString(length)));
    Stream.of(components).map(Component::name).forEach(command::add);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("OMP_NUM_THREADS", "1");
    int exitCode = builder.start().waitFor();
    List<String> lines = Files.readAllLines(output);
    assertThat(exitCode).as("%s", lines).isZero();
    assertThat(number(lines, MemoryProbe.MEASURED))
        .as("%s", lines)
        .isCloseTo(number(lines, MemoryProbe.PREDICTED), withinPercentage(TOLERANCE));
  }

  private static long number(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.substring(name.length())))
        .findFirst()
        .orElseThrow();
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
            10_000, new RotaryConfig.Unscaled(), structure.headWidth(), RotaryConfig.Pairs.HALVES);
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
    List<SweepSite> sites = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      PatchSite site = new PatchSite(Component.MLP, layer, 1, HeadSelection.ALL, positions);
      sites.add(new SweepSite("sweep", PatchDirection.DENOISING, site));
    }
    return sites;
  }
}
