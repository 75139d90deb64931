package org.patchgrid.kernel;

import ai.djl.ndarray.NDManager;
import ai.djl.util.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.patchgrid.study.Device;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.PatchgridException;

/** Which kernels this machine has. */
public final class TensorKernels {
  /** Best first; libraries choose their code by these. */
  private static final List<String> INSTRUCTION_SETS = List.of("avx512f", "avx2");

  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

  private TensorKernels() {}

  /** The fastest kernel whose bits were proved here; known without loading the library. */
  public static Kernel best() {
    Platform platform = Platform.detectPlatform("pytorch");
    return platform.getOsArch().equals("x86_64") && platform.getOsPrefix().equals("linux")
        ? Kernel.ONEDNN
        : Kernel.PLAIN;
  }

  /** The fastest kernel for {@code device}, as above. */
  public static Kernel best(Device device) {
    return switch (device) {
      case CPU -> best();
      case GPU -> Kernel.PLAIN;
    };
  }

  /**
   * The operations of a kernel.
   *
   * @param owner of what they need; must live as long as they are used
   * @throws PatchgridException if this machine does not have it
   */
  public static TensorOps load(Kernel kernel, NDManager owner) {
    return switch (kernel) {
      case PLAIN -> new PlainTensorOps();
      case ONEDNN ->
          OneDnnTensorOps.load(owner)
              .orElseThrow(
                  () ->
                      new PatchgridException(
                          "Cannot compute with execution.kernel = onednn: the PyTorch library of this machine (%s) was built without oneDNN; run the study where it is there, or with execution.kernel = plain"
                              .formatted(describe(kernel))));
    };
  }

  /**
   * All that decides which bits {@code kernel} gives here, for a study's fingerprint: library,
   * version, flavour, number type and the processor's kind. Read without loading the library.
   */
  public static String describe(Kernel kernel) {
    Platform platform = Platform.detectPlatform("pytorch");
    return "pytorch %s %s float32 %s on %s"
        .formatted(
            platform.getVersion(), platform.getFlavor(), kernel.label(), instructionSet(platform));
  }

  /**
   * {@link #describe(Kernel)} for {@code device}: of a GPU the kind, the library and that TF32 is
   * off.
   *
   * @throws PatchgridException if this machine has no such device, or no library for it
   */
  public static String describe(Kernel kernel, Device device) {
    return switch (device) {
      case CPU -> describe(kernel);
      case GPU -> CudaMachine.here().describe(kernel);
    };
  }

  private static String instructionSet(Platform platform) {
    String architecture = platform.getOsArch();
    if (!Files.isReadable(PROCESSOR)) {
      return architecture;
    }
    try (Stream<String> lines = Files.lines(PROCESSOR)) {
      List<String> flags =
          lines
              .filter(line -> line.startsWith("flags"))
              .findFirst()
              .map(line -> List.of(line.toLowerCase(Locale.ROOT).split(" ")))
              .orElse(List.of());
      return INSTRUCTION_SETS.stream()
          .filter(flags::contains)
          .findFirst()
          .map(set -> architecture + " " + set)
          .orElse(architecture);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + PROCESSOR, e);
    }
  }
}
