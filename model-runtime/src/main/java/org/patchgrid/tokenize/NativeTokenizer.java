package org.patchgrid.tokenize;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** Loads a tokenizer.json into this JVM, which a damaged one may abort. */
final class NativeTokenizer {
  /** Without these the library cuts at 512 tokens, whatever tokenizer.json says. */
  private static final Map<String, String> WHOLE_TEXT =
      Map.of("truncation", "do_not_truncate", "padding", "do_not_pad");

  private NativeTokenizer() {}

  static HuggingFaceTokenizer load(InputStream tokenizerJson) throws IOException {
    return HuggingFaceTokenizer.newInstance(tokenizerJson, WHOLE_TEXT);
  }
}
