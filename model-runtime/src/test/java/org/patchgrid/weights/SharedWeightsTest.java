package org.patchgrid.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
import org.patchgrid.estimate.MemoryProbe;
import org.patchgrid.experiment.LoadedModel;
import org.patchgrid.experiment.TestModels;
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
  void everyFamilyComputesTheSame(String family) throws IOException {
    Path model = TestModels.family(family);
    Path shared = directory.resolve("shared");
    String expected = measurements(model, Optional.empty());
    assertThat(measurements(model, Optional.of(shared))).as("written").isEqualTo(expected);
    assertThat(bytes(matrices(shared))).as("as the plan says").isEqualTo(sharedBytes(model));
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

  /** Killed in the middle of a file: the lock is free again, and half a file is nobody's. */
  @Test
  void whatAKilledProcessLeftIsCompleted() throws IOException, InterruptedException {
    Path model = wide("model");
    Path shared = directory.resolve("shared");
    try (SharingProcess killed = SharingProcess.start(model, Optional.of(shared))) {
      while (halfWritten(shared).isEmpty()) {
        assertThat(killed.signal("CONT")).as("it writes").isTrue();
        while (halfWritten(shared).isEmpty() && killed.isAlive()) {
          Thread.onSpinWait();
        }
        killed.signal("STOP");
      }
      killed.kill();
    }
    assertThat(halfWritten(shared)).isNotEmpty();
    try (SharingProcess next = SharingProcess.start(model, Optional.of(shared));
        SharingProcess alone = SharingProcess.start(model, Optional.empty())) {
      assertThat(next.measurements()).isEqualTo(alone.measurements());
    }
    assertThat(halfWritten(shared)).isEmpty();
    assertThat(bytes(matrices(shared))).isEqualTo(sharedBytes(model));
  }

  /** As on a disk that fills up while weights are written: the larger ones find no room. */
  @Test
  void whereTheDiskBecomesFullTheRestIsThisProcesssOwn() throws IOException {
    Path model = wide("model");
    Path shared = directory.resolve("shared");
    List<String> noLargeFiles = List.of("bash", "-c", "ulimit -f 5000 && exec \"$@\"", "bash");
    try (SharingProcess full = SharingProcess.startBy(noLargeFiles, model, Optional.of(shared));
        SharingProcess alone = SharingProcess.start(model, Optional.empty())) {
      assertThat(full.measurements()).isEqualTo(alone.measurements());
    }
    assertThat(halfWritten(shared)).isEmpty();
    assertThat(bytes(matrices(shared))).isLessThan(sharedBytes(model));
    try (SharingProcess next = SharingProcess.start(model, Optional.of(shared))) {
      assertThat(next.measurements()).contains("patched");
    }
    assertThat(bytes(matrices(shared))).as("with room again").isEqualTo(sharedBytes(model));
  }

  /** As an image may bring it: nothing needs to be written where all is there. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/self/smaps, mounts")
  void aReadOnlyDirectoryIsUsedAsItIs() throws IOException, InterruptedException {
    List<String> unshare = List.of("unshare", "--map-root-user", "--mount");
    assumeThat(ended(unshare, "true"))
        .as("this machine lets its users mount in a namespace of their own")
        .isZero();
    Path model = TestModels.family("llama-mha-f32");
    Path whole = directory.resolve("whole");
    String expected = measurements(model, Optional.of(whole));
    Path lacking = directory.resolve("lacking");
    measurements(model, Optional.of(lacking));
    List<Path> there = new ArrayList<>(matrices(lacking));
    Files.delete(there.remove(2));
    for (Path shared : List.of(whole, lacking)) {
      List<String> readOnly = new ArrayList<>(unshare);
      readOnly.addAll(List.of("bash", "-c"));
      readOnly.add("mount --bind $0 $0 && mount -o remount,bind,ro $0 && exec \"$@\"");
      readOnly.add(shared.toString());
      long bytes = bytes(matrices(shared));
      try (SharingProcess process = SharingProcess.startBy(readOnly, model, Optional.of(shared))) {
        assertThat(process.measurements()).contains(expected);
        assertThat(process.memory().weightsResident()).isGreaterThanOrEqualTo(bytes);
      }
      assertThat(bytes(matrices(shared))).isEqualTo(bytes);
    }
    assertThat(matrices(lacking)).isEqualTo(there);
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

  private static int ended(List<String> program, String command)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(program);
    all.add(command);
    return new ProcessBuilder(all).start().waitFor();
  }

  /** A model whose matrices take a while to write: 4 and 16 MB each. */
  private Path wide(String name) throws IOException {
    return RandomCheckpoint.write(
        directory.resolve(name),
        TestModels.family("llama-llama3rope-tied-bf16"),
        Map.of("hidden_size", 1024, "head_dim", 256, "intermediate_size", 4096),
        1);
  }

  private static long sharedBytes(Path model) {
    return new WeightMemory(ModelDescription.read(model).config(), Kernel.PLAIN, Dtype.FLOAT32)
        .sharedBytes();
  }

  private static List<Path> halfWritten(Path shared) throws IOException {
    if (!Files.isDirectory(shared)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(shared)) {
      return files.filter(file -> file.getFileName().toString().startsWith("incoming")).toList();
    }
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
      return files
          .filter(file -> file.getFileName().toString().matches("\\d+[.]float32"))
          .sorted()
          .toList();
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
