package org.patchgrid.input;

import org.patchgrid.study.PatchgridException;

/** A place in a prompt file, for messages: {@code data/prompts/x.jsonl:17}. */
record PromptLocation(String path, long line) {
  PatchgridException problem(String what) {
    return new PatchgridException(this + ": " + what.replaceAll("\\s*\\R\\s*", " "));
  }

  @Override
  public String toString() {
    return path + ":" + line;
  }
}
