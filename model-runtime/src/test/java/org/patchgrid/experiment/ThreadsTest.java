package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.kernel.TensorKernels;

/** The number of threads of arithmetic is the machine's business and changes no bit. */
class ThreadsTest {
  @Test
  void anyNumberOfThreadsGivesTheSameBits(@TempDir Path directory) throws Exception {
    assumeThat(TensorKernels.best().keepsRows())
        .as("a row's bits are the same whatever runs beside it")
        .isTrue();
    String one = states(directory, 1);
    assertThat(states(directory, 2)).isEqualTo(one);
    assertThat(states(directory, 3)).as("a number that divides nothing").isEqualTo(one);
  }

  /** What {@link BitsProbe} prints in a JVM with so many threads. */
  private static String states(Path directory, int threads)
      throws IOException, InterruptedException {
    Path output = directory.resolve("output-" + threads);
    Path errors = directory.resolve("errors-" + threads);
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
                    "-Xmx512m",
                    "-Dai.djl.offline=true",
                    "-Dai.djl.pytorch.num_threads=" + threads,
                    "-Dpatchgrid.root=" + System.getProperty("patchgrid.root", ""),
                    "-cp",
                    System.getProperty("java.class.path", ""),
                    BitsProbe.class.getName()))
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    builder.environment().put("OMP_NUM_THREADS", String.valueOf(threads));
    builder.environment().put("OMP_WAIT_POLICY", "PASSIVE"); // more threads than cores would spin
    Process process = builder.start();
    try {
      assertThat(process.waitFor()).as(() -> read(errors)).isZero();
      return read(output);
    } finally {
      process.destroyForcibly();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
