package org.patchgrid.conf;

import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.RequiredPrediction;

/**
 * The prompts of a study and how they are read.
 *
 * @param path a .jsonl, .csv, .parquet or .json file, as written in the study; relative to the
 *     working directory, not to the study file
 */
public record PromptsConfig(
    String path,
    FormatChoice format,
    OnError onError,
    RequiredPrediction require,
    BosPolicy bos,
    AnswerTokenPolicy answerToken) {
  public static final OnError DEFAULT_ON_ERROR = OnError.SKIP;
  public static final RequiredPrediction DEFAULT_REQUIRE = RequiredPrediction.NONE;
  public static final BosPolicy DEFAULT_BOS = BosPolicy.TOKENIZER;
  public static final AnswerTokenPolicy DEFAULT_ANSWER_TOKEN = AnswerTokenPolicy.ONE;

  public PromptsConfig {
    if (path.isBlank()) {
      throw new IllegalArgumentException("Prompts need a path");
    }
  }
}
