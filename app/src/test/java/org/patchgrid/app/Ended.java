package org.patchgrid.app;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How a command ended, and what it printed.
 *
 * @param output standard output
 * @param errors standard error; of a command in this JVM without what it logged
 */
record Ended(int exitCode, String output, String errors) {
  private static final Pattern PROGRESS =
      Pattern.compile(
          "[\\w-]+: [\\d,]+ pairs x [\\d,]+ sites, tasks: [\\d,]+(, \\d+ of them already stored)?"
              + "|\\d+ of \\d+ tasks, [\\d,]+ cells, .* s left");

  /** Runs a command in this JVM. */
  static Ended inProcess(String... arguments) {
    PrintStream outBefore = System.out;
    PrintStream errBefore = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      int exitCode = Patchgrid.execute(arguments);
      return new Ended(
          exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(outBefore);
      System.setErr(errBefore);
    }
  }

  /** What it had to say on standard error beside its progress. */
  List<String> messages() {
    return errors.lines().filter(line -> !PROGRESS.matcher(line).matches()).toList();
  }
}
