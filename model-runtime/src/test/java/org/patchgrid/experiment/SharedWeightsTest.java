package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.study.Component;
import org.patchgrid.study.Device;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Kernel;

/** Weights that the processes of a host have once. */
class SharedWeightsTest {
  private final Path directory;

  SharedWeightsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/self/smaps")
  void twoProcessesHaveOneCopyAndTheSameNumbersAsOneWithItsOwn() throws IOException {
    Path model =
        RandomCheckpoint.write(
            directory.resolve("model"),
            TestModels.family("llama-llama3rope-tied-bf16"),
            Map.of("hidden_size", 512, "head_dim", 128, "intermediate_size", 2048),
            2);
    Path shared = directory.resolve("shared");
    try (SharingProcess first = SharingProcess.start(model, Optional.of(shared));
        SharingProcess second = SharingProcess.start(model, Optional.of(shared));
        SharingProcess alone = SharingProcess.start(model, Optional.empty())) {
      String expected = alone.measurements();
      assertThat(expected).contains("patched");
      assertThat(first.measurements()).isEqualTo(expected);
      assertThat(second.measurements()).isEqualTo(expected);
      long matrices = bytes(matrices(shared));
      assertThat(matrices).isGreaterThan(50_000_000);
      for (SharingProcess.Memory memory : List.of(first.memory(), second.memory())) {
        assertThat(memory.weightsResident()).isCloseTo(matrices, within(matrices / 100));
        assertThat(memory.weightsShare()).isCloseTo(matrices / 2, within(matrices / 100));
        assertThat(memory.resident() - memory.share()).isGreaterThan(matrices / 2 - matrices / 100);
      }
    }
  }

  /**
   * Fused, transposed, tied, untied, one plus the norm: whatever a family does with its tensors.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2-tied-f32",
        "neox-parallel-f16",
        "phi3-bf16",
        "gemma2-bf16",
        "olmo2-f32",
        "opt-f16",
        "gptj-f32"
      })
  void everyFamilyComputesTheSame(String family) {
    Path model = TestModels.family(family);
    Path shared = directory.resolve("shared");
    String expected = measurements(model, Optional.empty());
    assertThat(measurements(model, Optional.of(shared))).as("written").isEqualTo(expected);
    assertThat(measurements(model, Optional.of(shared))).as("found").isEqualTo(expected);
  }

  @Test
  void whatIsDamagedIsWrittenAgain() throws IOException {
    Path model = TestModels.family("llama-mha-f32");
    Path shared = directory.resolve("shared");
    String expected = measurements(model, Optional.of(shared));
    List<Path> files = matrices(shared);
    byte[] whole = Files.readAllBytes(files.get(1));
    byte[] wrong = whole.clone();
    wrong[wrong.length / 2] ^= 1;
    Files.write(files.get(1), wrong);
    Files.write(files.get(2), new byte[3]);
    Files.delete(files.get(3));
    assertThat(measurements(model, Optional.of(shared))).isEqualTo(expected);
    assertThat(files.get(1)).hasBinaryContent(whole);
    assertThat(matrices(shared)).isEqualTo(files);
    assertThat(bytes(List.of(files.get(2)))).isGreaterThan(3);
  }

  @Test
  void withoutRoomWeightsAreThisProcesssOwn() {
    Path shared = directory.resolve("shared");
    assertThat(SharedWeights.in(shared, Long.MAX_VALUE)).isEmpty();
    assertThat(SharedWeights.in(shared, 1)).isPresent();
  }

  @Test
  void whereItCannotBeWrittenWeightsAreThisProcesssOwn() throws IOException {
    Path model = TestModels.family("llama-mha-f32");
    Path file = Files.createFile(directory.resolve("file"));
    String expected = measurements(model, Optional.empty());
    assertThat(measurements(model, Optional.of(file.resolve("below")))).isEqualTo(expected);
  }

  @Test
  void aKernelThatPacksWeightsSharesNone() {
    assertThat(Kernel.ONEDNN.sharesWeightsOn(Device.CPU)).isFalse();
    assertThat(Kernel.PLAIN.sharesWeightsOn(Device.GPU)).isFalse();
    assertThat(Kernel.PLAIN.sharesWeightsOn(Device.CPU)).isTrue();
  }

  private static String measurements(Path directory, Optional<Path> shared) {
    try (LoadedModel model =
        LoadedModel.load(directory, Kernel.PLAIN, Dtype.FLOAT32, Device.CPU, 0, shared)) {
      List<Component> components = List.of(Component.MLP, Component.Z, Component.RESID_PRE);
      return MemoryProbe.run(model, MemoryProbe.sites(model.structure(), components), 12)
          .measurements()
          .toString();
    }
  }

  private static List<Path> matrices(Path shared) throws IOException {
    try (Stream<Path> files = Files.list(shared)) {
      return files.filter(file -> file.toString().endsWith(".float32")).sorted().toList();
    }
  }

  private static long bytes(List<Path> files) throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    return bytes;
  }
}
