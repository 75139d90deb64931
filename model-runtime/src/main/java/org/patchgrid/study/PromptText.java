package org.patchgrid.study;

import java.io.Serializable;
import java.util.List;

/** A prompt, or a right or wrong answer, as the user gave it. */
public sealed interface PromptText extends Serializable {
  /** Text, for the tokenizer. */
  record Text(String text) implements PromptText {}

  /** None: only of a corrupted prompt, where a study needs none. */
  record Absent() implements PromptText {}

  /** Token ids, used as they are. */
  record Ids(List<Integer> ids) implements PromptText {
    public Ids {
      ids = List.copyOf(ids);
    }
  }
}
