package org.patchgrid.app;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** How a command ended, and what it printed on standard output. */
record Ended(int exitCode, String output) {
  /** Runs a command in this JVM. */
  static Ended inProcess(String... arguments) {
    PrintStream before = System.out;
    ByteArrayOutputStream captured = new ByteArrayOutputStream();
    System.setOut(new PrintStream(captured, true, StandardCharsets.UTF_8));
    try {
      int exitCode = Patchgrid.execute(arguments);
      return new Ended(exitCode, captured.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(before);
    }
  }
}
