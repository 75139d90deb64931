package org.patchgrid.weights;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A {@link SharedWeightsProbe} that runs; killed when closed. */
public final class SharingProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;
  private final Writer input;

  /**
   * Bytes.
   *
   * @param weightsResident of the files in the shared directory
   * @param weightsShare this process's share of them
   * @param resident of all
   * @param share of all
   */
  public record Memory(long weightsResident, long weightsShare, long resident, long share) {}

  private SharingProcess(Process process) {
    this.process = process;
    this.output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.input = process.outputWriter(StandardCharsets.UTF_8);
  }

  public static SharingProcess start(Path model, Optional<Path> shared) throws IOException {
    return startBy(List.of(), model, shared);
  }

  /**
   * The same, started by another program.
   *
   * @param program and its arguments; it becomes the command that follows them
   */
  static SharingProcess startBy(List<String> program, Path model, Optional<Path> shared)
      throws IOException {
    List<String> command = new ArrayList<>(program);
    command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
    command.addAll(List.of("-Xmx192m", "-Dai.djl.offline=true"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path", "")));
    command.addAll(List.of(SharedWeightsProbe.class.getName(), model.toString()));
    shared.map(Path::toString).ifPresent(command::add);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("OMP_NUM_THREADS", "1");
    return new SharingProcess(builder.start());
  }

  /** What its task measured, once it is done; to be called first. */
  public String measurements() throws IOException {
    return line();
  }

  /** What it has in memory now; it ends when it is closed. */
  public Memory memory() throws IOException {
    input.write("\n");
    input.flush();
    long[] bytes = Arrays.stream(line().split(" ")).mapToLong(Long::parseLong).toArray();
    return new Memory(bytes[0], bytes[1], bytes[2], bytes[3]);
  }

  /** SIGSTOP and the like; whether it was there to hear it. */
  boolean signal(String name) throws IOException, InterruptedException {
    return new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor()
        == 0;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL, and waits for its end. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  private String line() throws IOException {
    return Optional.ofNullable(output.readLine())
        .orElseThrow(() -> new IllegalStateException("it ended: see its errors"));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
