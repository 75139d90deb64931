package org.patchgrid.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.study.Device;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.PatchgridException;

class TensorKernelsTest {
  private static final String INTEL =
      """
      processor	: 0
      vendor_id	: GenuineIntel
      flags		: fpu sse4_2 avx2 avx512f avx512_bf16 amx_bf16

      processor	: 1
      vendor_id	: another
      flags		: fpu
      """;

  @Test
  void whatLibrariesChooseTheirCodeByIsTheKindOfAProcessor(@TempDir Path directory)
      throws IOException {
    Path intel = Files.writeString(directory.resolve("intel"), INTEL);
    Path older = Files.writeString(directory.resolve("older"), INTEL.replace(" avx512f", ""));
    Path oldest = Files.writeString(directory.resolve("oldest"), INTEL.replace("avx", "no"));
    assertThat(TensorKernels.processor("x86_64", intel, Dtype.FLOAT32))
        .isEqualTo("x86_64 GenuineIntel avx512f");
    assertThat(TensorKernels.processor("x86_64", intel, Dtype.BFLOAT16))
        .isEqualTo("x86_64 GenuineIntel avx512f amx_bf16 avx512_bf16");
    assertThat(TensorKernels.processor("x86_64", older, Dtype.FLOAT32))
        .isEqualTo("x86_64 GenuineIntel avx2");
    assertThat(TensorKernels.processor("x86_64", oldest, Dtype.FLOAT32))
        .isEqualTo("x86_64 GenuineIntel");
    assertThat(TensorKernels.processor("aarch64", directory.resolve("none"), Dtype.FLOAT32))
        .isEqualTo("aarch64");
  }

  @Test
  void theProcessorIsNoPartOfTheKernel() {
    assertThat(TensorKernels.describe(Kernel.PLAIN, Dtype.FLOAT32, Device.CPU))
        .matches("pytorch \\S+ \\S+ float32 plain");
  }

  @Test
  void anEnvironmentThatLimitsOneDnnIsRefused() {
    TensorKernels.requireUnlimited(Map.of("ONEDNN_MAX_CPU_ISA", "default"));
    assertThatThrownBy(() -> TensorKernels.requireUnlimited(Map.of("ONEDNN_MAX_CPU_ISA", "AVX2")))
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith(
            "Cannot compute with execution.kernel = onednn where the environment has ONEDNN_MAX_CPU_ISA=AVX2: ");
  }
}
