package org.patchgrid.checkpoint;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.patchgrid.study.Sha256;

/**
 * The files that decide what a model computes.
 *
 * @param hashes SHA-256 of each, by file name
 */
public record ModelContent(SortedMap<String, String> hashes) {
  private static final String TOKENIZER_PREFIX = "tokenizer";

  public ModelContent {
    hashes = Collections.unmodifiableSortedMap(new TreeMap<>(hashes));
  }

  /** One SHA-256, in hexadecimal, over names and hashes of all of them. */
  public String fingerprint() {
    return fingerprint(name -> true);
  }

  /** The same of configuration and weights. */
  public String networkFingerprint() {
    return fingerprint(name -> !name.startsWith(TOKENIZER_PREFIX));
  }

  /** The same of the tokenizer's files. */
  public String tokenizerFingerprint() {
    return fingerprint(name -> name.startsWith(TOKENIZER_PREFIX));
  }

  private String fingerprint(Predicate<String> counts) {
    MessageDigest digest = Sha256.begin();
    hashes.forEach(
        (name, hash) -> {
          if (counts.test(name)) {
            digest.update((name + " " + hash + "\n").getBytes(StandardCharsets.UTF_8));
          }
        });
    return Sha256.end(digest);
  }
}
