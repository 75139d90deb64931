package org.patchgrid.store;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One line of a manifest file. Every entry names the driver run that wrote it. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ManifestEntry.TaskCommitted.class, name = "task-committed"),
  @JsonSubTypes.Type(value = ManifestEntry.TaskQuarantined.class, name = "task-quarantined"),
  @JsonSubTypes.Type(value = ManifestEntry.RunStarted.class, name = "run-started"),
  @JsonSubTypes.Type(value = ManifestEntry.ModelLoaded.class, name = "model-loaded"),
  @JsonSubTypes.Type(value = ManifestEntry.RunFinished.class, name = "run-finished"),
  @JsonSubTypes.Type(value = ManifestEntry.FilesCompacted.class, name = "files-compacted")
})
sealed interface ManifestEntry {

  /**
   * A task's files are at their final names.
   *
   * @param adopted whether the files were found committed but not listed
   * @param files in commit order
   */
  record TaskCommitted(
      String run,
      int task,
      boolean adopted,
      List<ResultFile> files,
      TaskCounts counts,
      ComputedWith computedWith)
      implements ManifestEntry {
    public TaskCommitted {
      files = List.copyOf(files);
    }

    /** The same with equal values. */
    TaskCommitted with(TaskCounts equalCounts, ComputedWith equalComputedWith) {
      return new TaskCommitted(run, task, adopted, files, equalCounts, equalComputedWith);
    }

    TaskCommitted withoutFiles() {
      return new TaskCommitted(run, task, adopted, List.of(), counts, computedWith);
    }

    Optional<ResultFile> file(ResultTable table) {
      return files.stream().filter(file -> file.table() == table).findFirst();
    }
  }

  /** A task failed too often and was given up by this run. */
  record TaskQuarantined(String run, int task, String reason) implements ManifestEntry {}

  /**
   * A driver began to work on the study.
   *
   * @param details number of executors, engine, versions: for people to read
   */
  record RunStarted(String run, String at, Map<String, String> details) implements ManifestEntry {
    public RunStarted {
      details = Collections.unmodifiableMap(new TreeMap<>(details));
    }
  }

  /**
   * An executor has loaded the model.
   *
   * @param loads how often in this run, up to now
   */
  record ModelLoaded(String run, String executor, int loads) implements ManifestEntry {}

  /** A driver ended in an orderly way. */
  record RunFinished(String run, String at, RunOutcome outcome, int exitCode)
      implements ManifestEntry {}

  /**
   * The rows of all tasks that this manifest lists are in other files than the tasks wrote; the
   * tasks' own entries are here without files.
   *
   * @param source the directory that was compacted
   * @param cells {@link CommittedFiles#sha256} of the files there
   * @param files all that there are, by table and number
   */
  record FilesCompacted(String run, String at, String source, String cells, List<ResultFile> files)
      implements ManifestEntry {
    public FilesCompacted {
      files = List.copyOf(files);
      files.forEach(file -> file.table().partOf(file.path()));
    }

    CompactionOrigin origin() {
      return new CompactionOrigin(source, at, files.size());
    }
  }
}
