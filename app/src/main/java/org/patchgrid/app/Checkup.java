package org.patchgrid.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.patchgrid.study.PatchgridException;

/** A list of checks: each says a line when all is well, and what is not is told at the end. */
final class Checkup {
  private final PrintWriter out;
  private final List<String> problems = new ArrayList<>();

  Checkup(PrintWriter out) {
    this.out = out;
  }

  /** What says that all is well, or throws what is not. */
  interface Check {
    String find() throws IOException;
  }

  /** Returns whether all was well. */
  boolean check(String what, Check check) throws IOException {
    try {
      say(what, check.find());
      return true;
    } catch (PatchgridException e) {
      problems.add(e.getMessage());
      return false;
    }
  }

  /** What says its lines itself. */
  interface Checks {
    void run() throws IOException;
  }

  /** The same for several lines, of which the first problem is the last. */
  void run(Checks checks) throws IOException {
    try {
      checks.run();
    } catch (PatchgridException e) {
      problems.add(e.getMessage());
    }
  }

  void say(String what, String value) {
    out.printf(Locale.ROOT, "%-16s %s%n", what, value);
  }

  void flush() {
    out.flush();
  }

  /**
   * @throws PatchgridException with a line for each problem
   */
  void end() {
    out.flush();
    if (!problems.isEmpty()) {
      throw new PatchgridException(String.join("\n", problems));
    }
  }
}
