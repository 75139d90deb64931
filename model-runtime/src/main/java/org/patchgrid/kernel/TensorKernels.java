package org.patchgrid.kernel;

import ai.djl.ndarray.NDManager;
import ai.djl.util.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.patchgrid.study.Device;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.PatchgridException;

/** Which kernels this machine has. */
public final class TensorKernels {
  /** Best first; libraries choose their code by these. */
  private static final List<String> INSTRUCTION_SETS = List.of("avx512f", "avx2");

  /** Those that products in bfloat16 are chosen by beside them. */
  private static final List<String> BFLOAT16_SETS = List.of("amx_bf16", "avx512_bf16");

  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

  /** Environment variables by which oneDNN is told to use less than the processor has. */
  private static final List<String> LIMITS = List.of("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA");

  private static final Set<String> UNLIMITED = Set.of("", "ALL", "DEFAULT");

  private TensorKernels() {}

  /** The fastest kernel whose bits were proved here; known without loading the library. */
  public static Kernel best() {
    Platform platform = Platform.detectPlatform("pytorch");
    return platform.getOsArch().equals("x86_64") && platform.getOsPrefix().equals("linux")
        ? Kernel.ONEDNN
        : Kernel.PLAIN;
  }

  /** The fastest kernel for {@code device} and {@code dtype}, as above. */
  public static Kernel best(Device device, Dtype dtype) {
    Kernel best = best();
    return best.runsOn(device, dtype) ? best : Kernel.PLAIN;
  }

  /**
   * The operations of a kernel.
   *
   * @param owner of what they need; must live as long as they are used
   * @throws PatchgridException if this machine does not have it, or is told not to use it whole
   */
  public static TensorOps load(Kernel kernel, Dtype dtype, NDManager owner) {
    return switch (kernel) {
      case PLAIN ->
          switch (dtype) {
            case FLOAT32 -> new PlainTensorOps();
            case BFLOAT16 -> new BFloat16TensorOps(owner);
          };
      case ONEDNN -> {
        requireUnlimited(System.getenv());
        yield OneDnnTensorOps.load(owner)
            .orElseThrow(
                () ->
                    new PatchgridException(
                        "Cannot compute with execution.kernel = onednn: the PyTorch library of this machine (%s) was built without oneDNN; run the study where it is there, or with execution.kernel = plain"
                            .formatted(describe(kernel, dtype))));
      }
    };
  }

  /** How rows keep their bits depends on the processor's best instructions: see OneDnnTensorOps. */
  static void requireUnlimited(Map<String, String> environment) {
    for (String limit : LIMITS) {
      String value = environment.getOrDefault(limit, "").strip();
      if (!UNLIMITED.contains(value.toUpperCase(Locale.ROOT))) {
        throw new PatchgridException(
            "Cannot compute with execution.kernel = onednn where the environment has %s=%s: with other instructions than the processor's best the bits of a row would depend on what runs beside it; unset it, or run the study with execution.kernel = plain"
                .formatted(limit, value));
      }
    }
  }

  private static String describe(Kernel kernel, Dtype dtype) {
    Platform platform = Platform.detectPlatform("pytorch");
    return "pytorch %s %s %s %s"
        .formatted(platform.getVersion(), platform.getFlavor(), dtype.label(), kernel.label());
  }

  /**
   * What computes, for a study's fingerprint: library, version, flavour, number type and kernel; of
   * a GPU also its kind, and that TF32 is off. On a CPU the bits depend on {@link #processor} too.
   * Read without loading the library.
   *
   * @throws PatchgridException if this machine has no such device, or no library for it
   */
  public static String describe(Kernel kernel, Dtype dtype, Device device) {
    return switch (device) {
      case CPU -> describe(kernel, dtype);
      case GPU -> CudaMachine.here().describe(kernel, dtype);
    };
  }

  static boolean hasAvx512() {
    return List.of(processor(Dtype.FLOAT32).split(" ")).contains(INSTRUCTION_SETS.get(0));
  }

  /**
   * The kind of this machine's processor, as far as libraries choose their code by it:
   * architecture, vendor and the best instruction set. One kernel gives the same bits on all
   * processors of a kind.
   */
  public static String processor(Dtype dtype) {
    return processor(Platform.detectPlatform("pytorch").getOsArch(), PROCESSOR, dtype);
  }

  static String processor(String architecture, Path description, Dtype dtype) {
    if (!Files.isReadable(description)) {
      return architecture;
    }
    Map<String, String> first = firstProcessor(description);
    List<String> flags = List.of(first.getOrDefault("flags", "").split(" "));
    Stream<String> vendor = Stream.ofNullable(first.get("vendor_id"));
    Stream<String> best = INSTRUCTION_SETS.stream().filter(flags::contains).limit(1);
    Stream<String> more =
        dtype == Dtype.BFLOAT16 ? BFLOAT16_SETS.stream().filter(flags::contains) : Stream.of();
    return Stream.of(Stream.of(architecture), vendor, best, more)
        .flatMap(parts -> parts)
        .collect(Collectors.joining(" "));
  }

  private static Map<String, String> firstProcessor(Path description) {
    Map<String, String> values = new HashMap<>();
    try (Stream<String> lines = Files.lines(description)) {
      lines
          .takeWhile(line -> !line.isBlank())
          .map(line -> line.split(":", 2))
          .filter(line -> line.length == 2)
          .forEach(line -> values.put(line[0].strip(), line[1].strip()));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + description, e);
    }
    return values;
  }
}
