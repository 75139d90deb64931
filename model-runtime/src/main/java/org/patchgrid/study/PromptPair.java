package org.patchgrid.study;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A clean and a corrupted prompt as a prompt set gives them, not yet tokenized.
 *
 * @param number place in the prompt set, counted from 0
 * @param labels named spans, by name in alphabetical order
 * @param tags the user's own columns, by name in alphabetical order
 */
public record PromptPair(
    long number,
    String id,
    PromptText clean,
    PromptText corrupted,
    AnswerSpec answer,
    AnswerSpec foil,
    Map<String, LabelSpec> labels,
    Map<String, String> tags)
    implements Serializable {
  public PromptPair {
    if (id.isBlank()) {
      throw new IllegalArgumentException("A pair needs an id");
    }
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    tags = Collections.unmodifiableMap(new TreeMap<>(tags));
  }

  public boolean hasCorrupted() {
    return !(corrupted instanceof PromptText.Absent);
  }
}
