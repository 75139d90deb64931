package org.patchgrid.estimate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.patchgrid.experiment.TestModels;
import org.patchgrid.study.Component;
import org.patchgrid.study.Kernel;
import org.patchgrid.study.ValueKind;

/**
 * What a {@link MemoryProbe} said, in bytes.
 *
 * @param predicted beside Java and the libraries' code
 * @param measured the same
 * @param resident all of it, at its most
 * @param mappedFiles files of weights that were mapped while tasks ran
 * @param lines all that it said
 */
record MemoryUse(
    long predicted, long measured, long resident, long mappedFiles, List<String> lines) {

  /**
   * Loads a model and runs tasks in a JVM whose heap is resident from the start. Its second
   * compiler is off: it takes tens of megabytes whenever it likes, and they are Java's.
   *
   * @param directory a fresh one, for its output
   * @param tasks at once
   * @param tokens of a prompt
   * @param value what is written, or that it is estimated
   */
  static MemoryUse of(
      Path directory,
      Path model,
      Kernel kernel,
      int tasks,
      int tokens,
      ValueKind value,
      List<Component> components)
      throws IOException, InterruptedException {
    Path output = directory.resolve("output.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
    command.addAll(List.of("-Xms192m", "-Xmx192m", "-XX:+AlwaysPreTouch"));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Dai.djl.offline=true"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path", "")));
    command.add(MemoryProbe.class.getName());
    command.add(TestModels.family("llama-mha-f32").toString());
    command.addAll(List.of(model.toString(), kernel.name()));
    command.addAll(List.of(Integer.toString(tasks), Integer.toString(tokens), value.name()));
    components.stream().map(Component::name).forEach(command::add);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("OMP_NUM_THREADS", "1");
    int exitCode = builder.start().waitFor();
    List<String> lines = Files.readAllLines(output);
    if (exitCode != 0) {
      throw new IllegalStateException("Exit code " + exitCode + ": " + lines);
    }
    return new MemoryUse(
        number(lines, MemoryProbe.PREDICTED),
        number(lines, MemoryProbe.MEASURED),
        number(lines, MemoryProbe.RESIDENT),
        number(lines, MemoryProbe.MAPPED),
        lines);
  }

  private static long number(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.substring(name.length())))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(name + " is not in " + lines));
  }
}
