package org.patchgrid.kernel;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.util.Platform;
import ai.djl.util.Utils;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.PatchgridException;

/**
 * A machine with NVIDIA GPUs and a PyTorch library that reaches them. The library is the user's,
 * named by the variables that DJL reads: there is none on the class path.
 */
public final class CudaMachine {
  static final String LIBRARY_PATH = "PYTORCH_LIBRARY_PATH";
  private static final String PROBLEM = "Cannot compute with model.device = gpu: ";
  private static final String TF32 = "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE";
  private static final String CUDA_PART = "libtorch_cuda.so";
  private static final List<String> NAMES =
      List.of("nvidia-smi", "--query-gpu=name", "--format=csv,noheader");

  /** A driver that works answers in a few seconds; one that hangs never does. */
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Optional<String> libraryPath;
  private final List<String> namesCommand;
  private final Duration limit;

  /**
   * @param libraryPath directories that may hold the library
   * @param namesCommand prints the names of the GPUs, one a line
   * @param limit how long it may take
   */
  CudaMachine(Optional<String> libraryPath, List<String> namesCommand, Duration limit) {
    this.libraryPath = libraryPath;
    this.namesCommand = List.copyOf(namesCommand);
    this.limit = limit;
  }

  /** This machine; nothing is looked at yet. */
  public static CudaMachine here() {
    return new CudaMachine(variable(LIBRARY_PATH), NAMES, LIMIT);
  }

  private static Optional<String> variable(String name) {
    return Optional.ofNullable(Utils.getEnvOrSystemProperty(name)).filter(v -> !v.isBlank());
  }

  /**
   * All that decides which bits {@code kernel} gives here, read without loading the library: the
   * kind of GPU (other kinds sum in another order), the library's version and flavour as DJL is
   * told them, and the size of its CUDA part, which no variable can get wrong.
   *
   * @throws PatchgridException if there is no GPU or no library with CUDA
   */
  String describe(Kernel kernel, Dtype dtype) {
    Path library = cudaPart();
    Platform platform = Platform.detectPlatform("pytorch");
    return String.format(
        Locale.ROOT,
        "pytorch %s %s (%s of %,d bytes) %s without TF32 %s on %s",
        variable("PYTORCH_VERSION").orElse(platform.getVersion()),
        variable("PYTORCH_FLAVOR").orElse(platform.getFlavor()),
        CUDA_PART,
        library.toFile().length(),
        dtype.label(),
        kernel.label(),
        gpuName());
  }

  /**
   * Loads the engine with the library and takes a GPU.
   *
   * @param engine loads it
   * @param gpu which one, from 0
   * @return a manager of arrays there; the caller closes it
   * @throws PatchgridException if there is no such GPU, no library with CUDA, or none that loads
   */
  public NDManager open(Supplier<Engine> engine, int gpu) {
    Path library = cudaPart();
    if (variable(TF32).filter("1"::equals).isPresent()) {
      throw problem(TF32 + " = 1 would round products to ten bits; unset it");
    }
    NDManager manager = null;
    try {
      Engine loaded = engine.get();
      if (!loaded.hasCapability(StandardCapabilities.CUDA)) {
        throw problem(
            "the PyTorch in %s sees no GPU; see what nvidia-smi says, and whether its driver is new enough for that PyTorch"
                .formatted(library.getParent()));
      }
      manager = loaded.newBaseManager(Device.gpu(gpu));
      manager.create(0f).close();
      return manager;
    } catch (EngineException e) {
      if (manager != null) {
        manager.close();
      }
      throw problem(
          "the PyTorch in %s cannot use GPU %d: %s; docs/gpu.md says which versions work together"
              .formatted(library.getParent(), gpu, firstLine(e)),
          e);
    }
  }

  private static String firstLine(EngineException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return String.valueOf(cause.getMessage()).strip().split("\\R", 2)[0];
  }

  private Path cudaPart() {
    String path =
        libraryPath.orElseThrow(
            () ->
                problem(
                    "the PyTorch that comes with Patchgrid is for the CPU; set %s to the lib directory of one with CUDA (docs/gpu.md says which), or use model.device = cpu"
                        .formatted(LIBRARY_PATH)));
    return Arrays.stream(path.split(File.pathSeparator))
        .map(Path::of)
        .map(
            entry ->
                Files.isRegularFile(entry)
                    ? entry.resolveSibling(CUDA_PART)
                    : entry.resolve(CUDA_PART))
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(
            () ->
                problem(
                    "there is no %s in %s = %s; set it to the lib directory of a PyTorch with CUDA (docs/gpu.md says which)"
                        .formatted(CUDA_PART, LIBRARY_PATH, path)));
  }

  private String gpuName() {
    List<String> names = names();
    if (names.size() > 1) {
      throw problem(
          "this machine has GPUs of several kinds (%s), which give other bits; use one with GPUs of one kind"
              .formatted(String.join(", ", names)));
    }
    return names.get(0);
  }

  private List<String> names() {
    try {
      Process process = new ProcessBuilder(namesCommand).redirectErrorStream(true).start();
      // What it prints is less than a pipe holds, so that nothing need be read meanwhile.
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw problem(
            "nvidia-smi gives no answer in %d s, so the driver hangs; mend it, or use model.device = cpu"
                .formatted(limit.toSeconds()));
      }
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.exitValue() != 0 || output.isEmpty()) {
        throw problem(
            "nvidia-smi shows no GPU on this machine (%s); run the study where there is one, or use model.device = cpu"
                .formatted(output.isEmpty() ? "it says nothing" : output.replaceAll("\\s+", " ")));
      }
      return output.lines().map(String::strip).distinct().sorted().toList();
    } catch (IOException e) {
      throw problem(
          "this machine has no nvidia-smi, so no NVIDIA driver; run the study where there is a GPU, or use model.device = cpu",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while nvidia-smi ran", e);
    }
  }

  private static PatchgridException problem(String text) {
    return new PatchgridException(PROBLEM + text);
  }

  private static PatchgridException problem(String text, Exception cause) {
    return new PatchgridException(PROBLEM + text, cause);
  }
}
