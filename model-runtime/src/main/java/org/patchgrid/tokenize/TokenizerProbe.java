package org.patchgrid.tokenize;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * What {@link TokenizerCheck} runs in a process of its own: loads the tokenizer.json on standard
 * input and uses it once, since some damage shows only then. Tells by the lines it prints; when the
 * native code aborts, the last of them are missing.
 */
final class TokenizerProbe {
  static final String OFFLINE = "ai.djl.offline";
  static final String LIBRARY_LOADED = "patchgrid: native library loaded";
  static final String FAILED = "patchgrid: failed: ";
  static final String PASSED = "patchgrid: passed";

  /** Without these the library cuts at 512 tokens, whatever tokenizer.json says. */
  private static final Map<String, String> WHOLE_TEXT =
      Map.of("truncation", "do_not_truncate", "padding", "do_not_pad");

  private TokenizerProbe() {}

  public static void main(String[] arguments) throws IOException {
    LibUtils.checkStatus();
    System.out.println(LIBRARY_LOADED);
    System.out.println(verdict(System.in));
  }

  /**
   * Loads it into this JVM, which a damaged one may abort. Unless told to stay offline, DJL
   * downloads another library where it sees a GPU.
   */
  static HuggingFaceTokenizer load(InputStream tokenizerJson) throws IOException {
    System.setProperty(OFFLINE, System.getProperty(OFFLINE, "true"));
    return HuggingFaceTokenizer.newInstance(tokenizerJson, WHOLE_TEXT);
  }

  /** {@link #PASSED}, or {@link #FAILED} and why; or the native code ends this process. */
  static String verdict(InputStream tokenizerJson) throws IOException {
    try (HuggingFaceTokenizer tokenizer = load(tokenizerJson)) {
      use(tokenizer);
      return PASSED;
    } catch (RuntimeException e) {
      return FAILED + e.getMessage();
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
