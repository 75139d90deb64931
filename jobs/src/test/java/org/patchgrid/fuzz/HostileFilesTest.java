package org.patchgrid.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What bin/fuzz does for hours, for seconds: whole files are read; what fuzzing has found, and some
 * mutants of whole files, are read or refused within the limits.
 */
class HostileFilesTest {
  private static final int MUTANTS_A_SEED = 40;
  private static final Path FINDINGS = SeedFiles.ROOT.resolve("jobs/src/test/resources/fuzz");

  private final Path scratch;

  HostileFilesTest(@TempDir Path scratch) {
    this.scratch = scratch;
  }

  static Stream<FuzzTarget> targets() {
    return FuzzTargets.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("targets")
  void keepsTheLimits(FuzzTarget target) throws IOException {
    ReaderLimits limits = new ReaderLimits(target.reader().open(scratch));
    Random random = new Random(1);
    boolean anyIsRead = false;
    for (byte[] seed : target.seeds().contents()) {
      anyIsRead |= limits.check(seed) == ReaderLimits.Outcome.READ;
      for (int i = 0; i < MUTANTS_A_SEED; i++) {
        limits.check(mutant(seed, random));
      }
    }
    assertThat(anyIsRead).as("a seed of %s is read", target.name()).isTrue();
    for (byte[] finding : findings(target)) {
      limits.check(finding);
    }
  }

  @Test
  void everyFindingIsOfATarget() throws IOException {
    try (Stream<Path> directories = Files.list(FINDINGS)) {
      assertThat(directories.map(directory -> directory.getFileName().toString()))
          .isSubsetOf(targets().map(FuzzTarget::name).toList());
    }
  }

  @Test
  void limitsAreWhatTheySay() {
    assertThatThrownBy(() -> new ReaderLimits(content -> content.clone()[1]++).check(new byte[1]))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("ArrayIndexOutOfBoundsException");
    assertThatThrownBy(() -> new ReaderLimits(content -> allocate(129 << 20)).check(new byte[1]))
        .isInstanceOf(AssertionError.class)
        .hasMessage("Reading took 129 MiB of memory");
  }

  private static void allocate(int bytes) throws IOException {
    if (new byte[bytes].length != bytes) {
      throw new IOException("Never");
    }
  }

  private static List<byte[]> findings(FuzzTarget target) throws IOException {
    Path directory = FINDINGS.resolve(target.name());
    return Files.isDirectory(directory) ? SeedFiles.of(directory, "") : List.of();
  }

  /** Cut short, or with some bytes changed, moved or repeated. */
  private static byte[] mutant(byte[] seed, Random random) {
    byte[] mutant =
        Arrays.copyOf(seed, random.nextInt(4) > 0 ? seed.length : random.nextInt(seed.length));
    for (int i = random.nextInt(4); i > 0 && mutant.length > 0; i--) {
      int at = random.nextInt(mutant.length);
      switch (random.nextInt(3)) {
        case 0 -> mutant[at] = (byte) random.nextInt(256);
        case 1 -> mutant[at] = (byte) (mutant[at] ^ 1 << random.nextInt(8));
        default -> {
          int from = random.nextInt(mutant.length);
          int length = Math.min(random.nextInt(16), mutant.length - Math.max(at, from));
          System.arraycopy(mutant, from, mutant, at, length);
        }
      }
    }
    return mutant;
  }
}
