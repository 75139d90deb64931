package org.patchgrid.tokenize;

import ai.djl.util.Platform;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.PatchgridException;

/**
 * A process that tries one tokenizer after the other and may die of any: as {@link TokenizerProbe}
 * does, or as a driver goes on to do with one that the probe has passed. Reads {@code probe} or
 * {@code use} and a directory with a tokenizer.json, a line each; answers with a line of {@link
 * Answer#name()}, milliseconds of its processor, and a reason.
 */
final class TokenizerServant {
  /** More than any id, so that files are not refused for their size. */
  private static final int VOCABULARY = 1 << 30;

  private static final List<Pairs> PAIRS =
      List.of(
          Pairs.of("The capital of France is", "The capital of Italy is").answer(Pairs.texts(" a")),
          Pairs.of("\ud83d\ude00 Z\u00fcrich \u6771\u4eac", "  \t\u0000\u200d"),
          Pairs.of("", "x"),
          Pairs.of("<s></s><|endoftext|><bos>", "a".repeat(5000)));

  /** What came of a tokenizer. */
  enum Answer {
    PASSED,
    REFUSED,
    /** An error that is not for users. */
    BUG
  }

  private TokenizerServant() {}

  public static void main(String[] arguments) throws IOException {
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String request = requests.readLine(); request != null; request = requests.readLine()) {
      Path directory = Path.of(requests.readLine());
      long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      String answer = request.equals("probe") ? probe(directory) : use(directory);
      long took = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began;
      int space = answer.indexOf(' ');
      System.out.println(
          "answer: %s %d %s"
              .formatted(
                  answer.substring(0, space),
                  took / 1_000_000,
                  answer.substring(space + 1).replaceAll("\\R", " ")));
    }
  }

  private static String probe(Path directory) throws IOException {
    byte[] content = Files.readAllBytes(directory.resolve("tokenizer.json"));
    String verdict = TokenizerProbe.verdict(new ByteArrayInputStream(content));
    return (verdict.equals(TokenizerProbe.PASSED) ? Answer.PASSED : Answer.REFUSED) + " " + verdict;
  }

  /** What a driver does with a tokenizer.json that has passed the check. */
  static String use(Path directory) throws IOException {
    byte[] content = Files.readAllBytes(directory.resolve("tokenizer.json"));
    TokenizerCheck passed = new TokenizerCheck(directory);
    Path marker = directory.resolve("tokenizers").resolve(sha256(content) + ".ok");
    Files.createDirectories(marker.getParent());
    Files.writeString(marker, Platform.detectPlatform("tokenizers").getVersion());
    try (PromptTokenizer tokenizer = PromptTokenizer.open(directory, VOCABULARY, passed)) {
      for (Pairs pair : PAIRS) {
        tokenizer.tokenize(pair.pair(), BosPolicy.TOKENIZER, AnswerTokenPolicy.FIRST);
      }
      return Answer.PASSED + " used";
    } catch (PatchgridException e) {
      return Answer.REFUSED + " " + e.getMessage();
    } catch (RuntimeException e) {
      return Answer.BUG + " " + e + " at " + e.getStackTrace()[0];
    } finally {
      Files.delete(marker);
    }
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
