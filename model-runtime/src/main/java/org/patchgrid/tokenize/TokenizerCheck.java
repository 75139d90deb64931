package org.patchgrid.tokenize;

import ai.djl.util.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Sha256;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries a tokenizer.json in a child process before this JVM loads it, because the native library
 * aborts the whole JVM on some damaged files.
 *
 * <p>A content that passed is remembered by its SHA-256 in {@code CACHE/tokenizers}, together with
 * the version of the native library it passed with. Where that directory cannot be written, every
 * call starts a child (about half a second). May be shared between threads.
 */
final class TokenizerCheck {
  private static final Logger log = LoggerFactory.getLogger(TokenizerCheck.class);
  private static final Duration TIME_LIMIT = Duration.ofSeconds(60);

  private final Path passedDirectory;
  private final Duration timeLimit;

  TokenizerCheck(Path cacheDirectory) {
    this(cacheDirectory, TIME_LIMIT);
  }

  TokenizerCheck(Path cacheDirectory, Duration timeLimit) {
    this.passedDirectory = cacheDirectory.resolve("tokenizers");
    this.timeLimit = timeLimit;
  }

  /**
   * Returns if {@code file} can be loaded without harm.
   *
   * @param content what {@code file} holds
   * @throws PatchgridException if it cannot, or does not load within a minute
   */
  void check(Path file, byte[] content) {
    Path marker = passedDirectory.resolve(Sha256.of(content) + ".ok");
    String libraryVersion = Platform.detectPlatform("tokenizers").getVersion();
    if (hasPassed(marker, libraryVersion)) {
      return;
    }
    new TokenizerChild(file, content.length, timeLimit).run();
    remember(marker, libraryVersion);
  }

  private static boolean hasPassed(Path marker, String libraryVersion) {
    try {
      return Files.exists(marker) && Files.readString(marker).equals(libraryVersion);
    } catch (IOException e) {
      log.debug("Cannot read {}; checking the tokenizer again", marker, e);
      return false;
    }
  }

  private static void remember(Path marker, String libraryVersion) {
    try {
      Path directory = Files.createDirectories(marker.toAbsolutePath().getParent());
      Path written = Files.createTempFile(directory, "check-", ".tmp");
      Files.writeString(written, libraryVersion);
      Files.move(written, marker, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      log.debug("Cannot write {}; the tokenizer will be checked again next time", marker, e);
    }
  }
}
