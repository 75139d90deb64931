package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCommandTest {
  @Test
  void saysHowMuchMemoryAnExecutorNeeds(@TempDir Path directory) throws IOException {
    Ended plan = Ended.inProcess("plan", SmallStudy.write(directory).toString());
    assertThat(plan.exitCode()).isZero();
    assertThat(plan.output().lines())
        .anySatisfy(
            line ->
                assertThat(line)
                    .matches(
                        "memory               \\d+ MB an executor beside Java's heap:"
                            + " \\d+ MB weights, \\d+ MB tokenizer, \\d+ MB for each task at once"));
  }

  @Test
  void saysWhichWeightsTheExecutorsOfAHostShare(@TempDir Path directory) throws IOException {
    String study = SmallStudy.write(directory).toString();
    Ended plan = Ended.inProcess("plan", study, "--set", "execution.kernel=plain");
    assertThat(plan.exitCode()).as(plan.errors()).isZero();
    assertThat(plan.output().lines())
        .anyMatch(
            line ->
                line.matches(
                    "memory +(\\d+) MB an executor .* for each task at once; on a cluster the"
                        + " executors of a host share one copy of \\d+ MB of the weights, so that"
                        + " each but the first adds \\d+ MB"));
  }
}
