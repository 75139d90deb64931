package org.patchgrid.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a process of Linux has mapped of the files below a directory.
 *
 * @param inodes of the files
 * @param resident bytes of them that are in memory and mapped here
 * @param share the same, each page divided by the number of processes that have it
 */
record MappedFiles(Set<String> inodes, long resident, long share) {
  private static final int INODE = 4;
  private static final int KIBIBYTE = 1024;

  /** Of a process that has ended, nothing. */
  static MappedFiles of(long process, Path directory) throws IOException {
    Set<String> inodes = new TreeSet<>();
    long resident = 0;
    long share = 0;
    boolean inside = false;
    for (String line : lines(process)) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        inside = line.contains(" " + directory + "/");
        if (inside) {
          inodes.add(List.of(line.split(" +", -1)).get(INODE));
        }
      } else if (inside && line.startsWith("Rss:")) {
        resident += bytes(line);
      } else if (inside && line.startsWith("Pss:")) {
        share += bytes(line);
      }
    }
    return new MappedFiles(inodes, resident, share);
  }

  private static List<String> lines(long process) throws IOException {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(process), "smaps"));
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private static long bytes(String line) {
    return KIBIBYTE * Long.parseLong(line.replaceAll("\\D", ""));
  }
}
