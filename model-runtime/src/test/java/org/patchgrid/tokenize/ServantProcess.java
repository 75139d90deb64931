package org.patchgrid.tokenize;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** One {@link TokenizerServant} at a time: a new one is started when the last has died. */
final class ServantProcess implements AutoCloseable {
  private static final int MOST_SECONDS = 120;

  private final Path directory;
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private Optional<Process> process = Optional.empty();
  private int deaths;

  ServantProcess(Path directory) {
    this.directory = directory;
  }

  /** What the servant said of a tokenizer; empty if it died, or was ended because it hung. */
  record Reply(TokenizerServant.Answer answer, long milliseconds, String reason) {}

  Optional<Reply> ask(String what, byte[] tokenizerJson) throws IOException {
    Files.write(directory.resolve("tokenizer.json"), tokenizerJson);
    Process servant = process.isPresent() ? process.get() : start();
    process = Optional.of(servant);
    ScheduledFuture<?> end =
        clock.schedule(servant::destroyForcibly, MOST_SECONDS, TimeUnit.SECONDS);
    try {
      Writer requests = servant.outputWriter(StandardCharsets.UTF_8);
      requests.write(what + "\n" + directory + "\n");
      requests.flush();
      BufferedReader replies = servant.inputReader(StandardCharsets.UTF_8);
      for (String line = replies.readLine(); line != null; line = replies.readLine()) {
        if (line.startsWith("answer: ")) {
          String[] parts = line.split(" ", 4);
          return Optional.of(
              new Reply(
                  TokenizerServant.Answer.valueOf(parts[1]), Long.parseLong(parts[2]), parts[3]));
        }
      }
    } catch (IOException e) {
      // A pipe breaks when its process ends, which may be seen a little later.
      servant.destroyForcibly().onExit().join();
    } finally {
      end.cancel(false);
    }
    process = Optional.empty();
    deaths++;
    return Optional.empty();
  }

  /** How many servants have died. */
  int deaths() {
    return deaths;
  }

  /** Resident memory of the servant, in bytes; empty if there is none. */
  Optional<Long> residentBytes() throws IOException {
    if (process.isEmpty()) {
      return Optional.empty();
    }
    Path status = Path.of("/proc", Long.toString(process.get().pid()), "status");
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst();
  }

  private Process start() throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=" + directory.resolve("hs_err.log"),
            "-Dai.djl.offline=true",
            "-DOPT_OUT_TRACKING=true",
            "-Dpatchgrid.root=" + System.getProperty("patchgrid.root"),
            "-cp",
            System.getProperty("java.class.path", ""),
            TokenizerServant.class.getName());
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectError(directory.resolve("servant.log").toFile())
        .start();
  }

  @Override
  public void close() {
    process.ifPresent(servant -> servant.destroyForcibly().onExit().join());
    clock.shutdownNow();
  }
}
