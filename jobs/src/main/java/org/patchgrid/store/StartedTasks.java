package org.patchgrid.store;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;

/**
 * Empty files in a run's staging directory that say which tasks it is computing. Where driver and
 * tasks share a process, they are all that is left of a run that one of its tasks has ended.
 */
record StartedTasks(ResultDirectory directory) {
  private static final Pattern NAME = Pattern.compile("(started|alone)-(\\d+)");

  void begin(DriverRun run, int task, boolean alone) throws IOException {
    directory.touch(path(run, task, alone));
  }

  void end(DriverRun run, int task, boolean alone) throws IOException {
    directory.delete(path(run, task, alone));
  }

  private static String path(DriverRun run, int task, boolean alone) {
    return run.stagingDirectory() + "/" + (alone ? "alone-" : "started-") + task;
  }

  /**
   * Tasks that runs were computing when they ended without a word, by number, with how many of
   * those runs computed nothing else then.
   */
  Map<Integer, Integer> endedUnder(Predicate<String> isKilledRun) throws IOException {
    Map<Integer, Integer> ended = new TreeMap<>();
    for (FileStatus run : directory.list(ResultDirectory.STAGING)) {
      String name = run.getPath().getName();
      if (run.isDirectory() && isKilledRun.test(name)) {
        for (FileStatus file : directory.list(ResultDirectory.STAGING + "/" + name)) {
          Matcher marker = NAME.matcher(file.getPath().getName());
          if (marker.matches()) {
            boolean alone = marker.group(1).equals("alone");
            ended.merge(Integer.valueOf(marker.group(2)), alone ? 1 : 0, Integer::sum);
          }
        }
      }
    }
    return ended;
  }
}
