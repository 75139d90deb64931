package org.patchgrid.tokenize;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import java.io.IOException;

/**
 * What {@link TokenizerCheck} runs in a process of its own: loads the tokenizer.json on standard
 * input and uses it once, since some damage shows only then. Tells by the lines it prints; when the
 * native code aborts, the last of them are missing.
 */
final class TokenizerProbe {
  static final String LIBRARY_LOADED = "patchgrid: native library loaded";
  static final String FAILED = "patchgrid: failed: ";
  static final String PASSED = "patchgrid: passed";

  private TokenizerProbe() {}

  public static void main(String[] arguments) throws IOException {
    LibUtils.checkStatus();
    System.out.println(LIBRARY_LOADED);
    try (HuggingFaceTokenizer tokenizer = NativeTokenizer.load(System.in)) {
      use(tokenizer);
      System.out.println(PASSED);
    } catch (RuntimeException e) {
      System.out.println(FAILED + e.getMessage());
    }
  }

  private static void use(HuggingFaceTokenizer tokenizer) {
    try {
      tokenizer.decode(tokenizer.encode("The capital of Zürich, 1 \ud83d\ude00").getIds(), false);
    } catch (RuntimeException e) {
      // Refusing a text is no damage: the vocabulary may lack these letters.
      System.out.println("refused: " + e.getMessage());
    }
  }
}
