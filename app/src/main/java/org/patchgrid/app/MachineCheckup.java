package org.patchgrid.app;

import java.nio.file.Path;
import java.util.Optional;
import org.patchgrid.study.PatchgridException;

/** What of a machine's set-up stops a run, or makes it slow. */
final class MachineCheckup {
  private MachineCheckup() {}

  /**
   * @param threads {@code OMP_NUM_THREADS}, which the launcher sets to 1 where it is not set
   */
  static String cores(int cores, Optional<String> threads) {
    if (threads.isPresent() && !threads.get().matches("[1-9]\\d{0,5}")) {
      throw new PatchgridException(
          "OMP_NUM_THREADS is '%s': leave it unset, or set it to 1, since a task has one thread"
              .formatted(threads.get()));
    }
    int each = threads.map(Integer::parseInt).orElse(1);
    if (each > cores) {
      throw new PatchgridException(
          "OMP_NUM_THREADS is %d on a machine of %d cores: leave it unset, or set it to 1, since each core runs a task of one thread"
              .formatted(each, cores));
    }
    return each == 1 ? Integer.toString(cores) : cores + ", threads of a task: " + each;
  }

  /** Fetched models and shared weights go there. */
  static String cache(Path directory) {
    DiskSpace.requireWritable(
        directory,
        "Cannot write to the cache %s (%s): mend its permissions, or name another directory in PATCHGRID_CACHE");
    return directory.toString();
  }
}
