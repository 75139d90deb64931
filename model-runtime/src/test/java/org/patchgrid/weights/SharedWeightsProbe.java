package org.patchgrid.weights;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.patchgrid.estimate.MemoryProbe;
import org.patchgrid.experiment.LoadedModel;
import org.patchgrid.study.Component;
import org.patchgrid.study.Device;
import org.patchgrid.study.Dtype;
import org.patchgrid.study.Kernel;

/**
 * Loads a model with the plain kernel in a JVM of its own and runs a task; when it is told to, says
 * what of its memory is shared with other processes, and when it is told to again, ends.
 */
final class SharedWeightsProbe {
  private SharedWeightsProbe() {}

  /** Arguments: the model; a directory to share weights in, if any. */
  public static void main(String[] arguments) throws IOException {
    Optional<Path> shared = List.of(arguments).stream().skip(1).map(Path::of).findFirst();
    BufferedReader told =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (LoadedModel model =
        LoadedModel.load(
            Path.of(arguments[0]), Kernel.PLAIN, Dtype.FLOAT32, Device.CPU, 0, shared)) {
      List<Component> components = List.of(Component.MLP, Component.Z, Component.RESID_PRE);
      System.out.println(
          MemoryProbe.run(model, MemoryProbe.sites(model.structure(), components), 12)
              .measurements());
      told.readLine();
      System.out.println(
          String.format(
              Locale.ROOT,
              "%d %d %d %d",
              sum("Rss", shared.orElse(Path.of("/none"))),
              sum("Pss", shared.orElse(Path.of("/none"))),
              rollup("Rss"),
              rollup("Pss")));
      told.readLine();
    }
  }

  /** Bytes of the mappings of files in a directory. */
  private static long sum(String key, Path directory) throws IOException {
    long kilobytes = 0;
    boolean inside = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        inside = line.contains(" " + directory + "/");
      } else if (inside && line.startsWith(key + ":")) {
        kilobytes += number(line);
      }
    }
    return 1024 * kilobytes;
  }

  private static long rollup(String key) throws IOException {
    return 1024
        * Files.readAllLines(Path.of("/proc/self/smaps_rollup")).stream()
            .filter(line -> line.startsWith(key + ":"))
            .mapToLong(SharedWeightsProbe::number)
            .sum();
  }

  private static long number(String line) {
    return Long.parseLong(line.replaceAll("\\D", ""));
  }
}
