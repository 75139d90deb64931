package org.patchgrid.conf;

import java.util.Optional;

/**
 * What a study says of the form of its prompt file.
 *
 * @param format empty to tell it from the file's name and content
 * @param counterfactual which of the corrupted prompts of a record is meant, in formats that have
 *     several
 */
public record FormatChoice(Optional<PromptFormat> format, Optional<String> counterfactual) {
  /** Nothing: all is told from the file. */
  public static final FormatChoice AUTO = new FormatChoice(Optional.empty(), Optional.empty());
}
