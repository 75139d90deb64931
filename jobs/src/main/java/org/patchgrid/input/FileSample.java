package org.patchgrid.input;

import java.util.List;
import java.util.Map;

/**
 * What tells the format of a prompt file, apart from its name.
 *
 * @param names the columns of a table, or the fields of the first record
 * @param isTable whether they are columns
 * @param isPromptDocument whether it is a JSON object with a list of prompts in it
 * @param wordIndices its {@code word_idxs}, in the file's order
 * @param countsBos whether they count a BOS token
 */
record FileSample(
    List<String> names,
    boolean isTable,
    boolean isPromptDocument,
    Map<String, Integer> wordIndices,
    boolean countsBos) {
  FileSample {
    names = List.copyOf(names);
  }

  static FileSample ofTable(List<String> columns) {
    return new FileSample(columns, true, false, Map.of(), false);
  }

  static FileSample ofRecord(List<String> fields) {
    return new FileSample(fields, false, false, Map.of(), false);
  }

  static FileSample ofPromptDocument(Map<String, Integer> wordIndices, boolean countsBos) {
    return new FileSample(List.of(), false, true, wordIndices, countsBos);
  }
}
