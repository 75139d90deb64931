package org.patchgrid.study;

import java.util.List;

/**
 * A tokenized prompt, special tokens included.
 *
 * @param ids one id a position
 * @param texts what each token stands for, as the vocabulary spells it
 */
public record TokenSequence(List<Integer> ids, List<String> texts) {
  public TokenSequence {
    ids = List.copyOf(ids);
    texts = List.copyOf(texts);
    if (ids.size() != texts.size()) {
      throw new IllegalArgumentException(ids.size() + " ids but " + texts.size() + " texts");
    }
  }

  public int length() {
    return ids.size();
  }
}
