package org.patchgrid.store;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.patchgrid.study.PatchTask;

/**
 * What an executor reports of one attempt at a task: its closed files in the staging directory.
 *
 * @param task {@link PatchTask#number()}
 * @param files the cells file and, if the task reports pairs, the pairs file, in commit order
 */
public record StagedTask(
    int task, List<ResultFile> files, TaskCounts counts, ComputedWith computedWith)
    implements Serializable {
  public StagedTask {
    files = files.stream().sorted(Comparator.comparing(ResultFile::table)).toList();
    long tables = files.stream().map(ResultFile::table).distinct().count();
    if (tables != files.size() || files.stream().noneMatch(f -> f.table() == ResultTable.CELLS)) {
      throw new IllegalArgumentException(
          "A staged task has one cells file and at most one pairs file: " + files);
    }
  }

  public Optional<ResultFile> file(ResultTable table) {
    return files.stream().filter(file -> file.table() == table).findFirst();
  }
}
