package org.patchgrid.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ManifestTest {
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
