package org.patchgrid.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.PatchgridException;

class CudaMachineTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final List<String> NO_COMMAND = List.of("/no/such/nvidia-smi");

  private final Path directory;

  CudaMachineTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void saysWhichGpuAndWhichLibraryGiveTheBits() throws IOException {
    Files.writeString(directory.resolve("libtorch_cuda.so"), "12345");
    String description =
        machine(names("NVIDIA H200", "NVIDIA H200")).describe(Kernel.PLAIN, Dtype.FLOAT32);
    assertThat(description)
        .startsWith("pytorch ")
        .endsWith("(libtorch_cuda.so of 5 bytes) float32 without TF32 plain on NVIDIA H200");
  }

  @Test
  void findsTheLibraryAsDjlDoes() throws IOException {
    Files.writeString(directory.resolve("libtorch_cuda.so"), "");
    Path library = Files.writeString(directory.resolve("libtorch.so"), "");
    for (String path : List.of("/elsewhere" + File.pathSeparator + directory, library.toString())) {
      assertThat(
              new CudaMachine(Optional.of(path), names("A"), LIMIT)
                  .describe(Kernel.PLAIN, Dtype.FLOAT32))
          .as(path)
          .endsWith(" on A");
    }
  }

  @Test
  void withoutALibraryForGpusSaysHowToNameOne() {
    CudaMachine none = new CudaMachine(Optional.empty(), names("A"), LIMIT);
    String message =
        "Cannot compute with model.device = gpu: the PyTorch that comes with Patchgrid is for the CPU; set PYTORCH_LIBRARY_PATH to the lib directory of one with CUDA (docs/gpu.md says which), or use model.device = cpu";
    assertThatExceptionOfType(PatchgridException.class)
        .isThrownBy(() -> none.describe(Kernel.PLAIN, Dtype.FLOAT32))
        .withMessage(message);
    assertThatExceptionOfType(PatchgridException.class)
        .isThrownBy(() -> none.open(CudaMachineTest::noEngine, 0))
        .withMessage(message);
    assertThatExceptionOfType(PatchgridException.class)
        .isThrownBy(() -> machine(names("A")).describe(Kernel.PLAIN, Dtype.FLOAT32))
        .withMessage(
            "Cannot compute with model.device = gpu: there is no libtorch_cuda.so in PYTORCH_LIBRARY_PATH = %s; set it to the lib directory of a PyTorch with CUDA (docs/gpu.md says which)",
            directory);
  }

  @Test
  void withoutOneKindOfGpuSaysSo() throws IOException {
    Files.writeString(directory.resolve("libtorch_cuda.so"), "");
    assertThatExceptionOfType(PatchgridException.class)
        .isThrownBy(() -> machine(NO_COMMAND).describe(Kernel.PLAIN, Dtype.FLOAT32))
        .withMessage(
            "Cannot compute with model.device = gpu: this machine has no nvidia-smi, so no NVIDIA driver; run the study where there is a GPU, or use model.device = cpu");
    assertThatExceptionOfType(PatchgridException.class)
        .isThrownBy(
            () ->
                machine(List.of("sh", "-c", "echo No devices; exit 6"))
                    .describe(Kernel.PLAIN, Dtype.FLOAT32))
        .withMessage(
            "Cannot compute with model.device = gpu: nvidia-smi shows no GPU on this machine (No devices); run the study where there is one, or use model.device = cpu");
    assertThatExceptionOfType(PatchgridException.class)
        .isThrownBy(() -> machine(names("B", "A")).describe(Kernel.PLAIN, Dtype.FLOAT32))
        .withMessage(
            "Cannot compute with model.device = gpu: this machine has GPUs of several kinds (A, B), which give other bits; use one with GPUs of one kind");
  }

  @Test
  void aDriverThatHangsIsNotWaitedFor() throws IOException {
    Files.writeString(directory.resolve("libtorch_cuda.so"), "");
    // Reads what is never written.
    CudaMachine hanging =
        new CudaMachine(Optional.of(directory.toString()), List.of("cat"), Duration.ZERO);
    assertThatExceptionOfType(PatchgridException.class)
        .isThrownBy(() -> hanging.describe(Kernel.PLAIN, Dtype.FLOAT32))
        .withMessage(
            "Cannot compute with model.device = gpu: nvidia-smi gives no answer in 0 s, so the driver hangs; mend it, or use model.device = cpu");
  }

  @Test
  void aLibraryThatDoesNotLoadIsTheUsersToMend() throws IOException {
    Files.writeString(directory.resolve("libtorch_cuda.so"), "");
    assertThatExceptionOfType(PatchgridException.class)
        .isThrownBy(() -> machine(names("A")).open(CudaMachineTest::noEngine, 3))
        .withMessage(
            "Cannot compute with model.device = gpu: the PyTorch in %s cannot use GPU 3: libcudart is missing; docs/gpu.md says which versions work together",
            directory);
  }

  /** TF32 keeps ten bits of a factor, and would be off by 1e-4 here. */
  @Test
  @Tag("gpu") // left out by Maven unless patchgrid.test.device is gpu
  void productsAreOfFloat32() {
    int size = 512;
    try (NDManager gpu = CudaMachine.here().open(() -> Engine.getEngine("PyTorch"), 0)) {
      NDArray left = gpu.full(new Shape(size, size), 1 + 1 / 4096f, DataType.FLOAT32);
      NDArray right = gpu.eye(size);
      assertThat(left.matMul(right).toFloatArray()).containsOnly(1 + 1 / 4096f);
    }
  }

  private CudaMachine machine(List<String> namesCommand) {
    return new CudaMachine(Optional.of(directory.toString()), namesCommand, LIMIT);
  }

  private static List<String> names(String... names) {
    return List.of("sh", "-c", "printf '%s\\n' \"$@\"", "names", names[0], names[names.length - 1]);
  }

  private static Engine noEngine() {
    throw new ai.djl.engine.EngineException(
        "Failed to load PyTorch native library",
        new UnsatisfiedLinkError("libcudart is missing\nand more"));
  }
}
