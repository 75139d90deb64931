package org.patchgrid.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ManifestTest {
  @Test
  void filesAreThoseOfTheTasksUnlessTheStudyWasCompacted() {
    Manifest manifest = new Manifest("out");
    ResultFile ofTask = new ResultFile(ResultTable.CELLS, ResultTable.CELLS.path(0), 4, 5, "a");
    TaskCounts counts = new TaskCounts(4, 0, 0, Map.of(), Map.of("ok", 4L), Map.of());
    ComputedWith machine = new ComputedWith("kernel", "processor");
    manifest.add(new ManifestEntry.TaskCommitted("r1", 0, false, List.of(ofTask), counts, machine));
    assertThat(manifest.compacted()).isEmpty();
    assertThat(manifest.files()).containsExactly(ofTask);
    ManifestEntry.TaskCommitted task = manifest.task(0).orElseThrow();
    assertThat(task.file(ResultTable.CELLS)).contains(ofTask);
    assertThat(task.file(ResultTable.PAIRS)).isEmpty();
    ResultFile part = new ResultFile(ResultTable.CELLS, "cells/part-000000.parquet", 4, 5, "b");
    ManifestEntry.FilesCompacted compacted =
        new ManifestEntry.FilesCompacted("r2", "2026-01-01T00:00:00Z", "there", "c", List.of(part));
    manifest.add(compacted);
    assertThat(manifest.compacted()).contains(compacted);
    assertThat(manifest.files()).containsExactly(part);
  }

  @Test
  void theHighestNumberOfLoadsThatAnExecutorReportedCounts() {
    Manifest manifest = new Manifest("out");
    manifest.add(new ManifestEntry.ModelLoaded("r1", "0", 2));
    manifest.add(new ManifestEntry.ModelLoaded("r1", "0", 1));
    manifest.add(new ManifestEntry.ModelLoaded("r1", "1", 1));
    assertThat(manifest.modelLoads("r1", "0")).isEqualTo(2);
    assertThat(manifest.modelLoads("r2", "0")).isZero();
    assertThat(manifest.summary().modelLoads()).isEqualTo(3);
  }

  /** So that a long study's manifest is little more in memory than the hashes of its files. */
  @Test
  void whatTasksHaveInCommonIsHeldOnce() {
    Manifest manifest = new Manifest("out");
    for (int task = 0; task < 3; task++) {
      manifest.add(
          new ManifestEntry.TaskCommitted(
              "r1",
              task,
              false,
              List.of(new ResultFile(ResultTable.CELLS, ResultTable.CELLS.path(task), 4, 5, "a")),
              new TaskCounts(task < 2 ? 4 : 3, 0, 0, Map.of(), Map.of("ok", 4L), Map.of()),
              new ComputedWith("kernel", "processor")));
    }
    List<ManifestEntry.TaskCommitted> tasks = new ArrayList<>(manifest.tasks());
    assertThat(tasks.get(1).counts()).isSameAs(tasks.get(0).counts());
    assertThat(tasks.get(2).counts()).isNotEqualTo(tasks.get(0).counts());
    assertThat(tasks.get(2).computedWith()).isSameAs(tasks.get(0).computedWith());
    assertThat(manifest.summary().counts().cells()).isEqualTo(4 + 4 + 3);
  }
}
