package org.patchgrid.generate;

import java.util.List;

/**
 * What a task can make for a tokenizer.
 *
 * @param forms pairs are taken from them in turn, so that each has its share
 * @param words which words the tokenizer allows, for messages
 */
record Candidates(List<CandidatePairs> forms, String words) {
  Candidates {
    forms = List.copyOf(forms);
  }
}
