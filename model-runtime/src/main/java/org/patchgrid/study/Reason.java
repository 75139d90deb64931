package org.patchgrid.study;

import java.io.EOFException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Why something of other people's code failed, for our messages: one line without the name of a
 * class, and without the file, which Java's own messages often are and nothing else.
 */
public final class Reason {
  /** What Jackson ends its messages with: a reader's class and where in its input. */
  private static final Pattern JSON_SOURCE =
      Pattern.compile("\\s+at \\[Source: .*; line: (\\d+), column: (\\d+)].*", Pattern.DOTALL);

  private Reason() {}

  public static String of(Throwable failure) {
    @Nullable Throwable cause = failure.getCause();
    if (cause != null && cause.toString().equals(failure.getMessage())) {
      return of(cause); // a wrapper that says nothing of its own
    }
    if (failure instanceof NoSuchFileException) {
      return "there is no such file or directory";
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return "it is there already";
    }
    if (failure instanceof NotDirectoryException) {
      return "it is not a directory";
    }
    if (failure instanceof UnknownHostException) {
      return "unknown host";
    }
    @Nullable String message =
        failure instanceof FileSystemException refused ? refused.getReason() : failure.getMessage();
    return message == null || message.isBlank()
        ? words(failure)
        : OneLine.of(JSON_SOURCE.matcher(message.strip()).replaceFirst(" at line $1, column $2"));
  }

  /** What the type says: a ClosedChannelException is "closed channel". */
  private static String words(Throwable failure) {
    if (failure instanceof EOFException) {
      return "it ends too early";
    }
    return failure
        .getClass()
        .getSimpleName()
        .replaceAll("(Exception|Error)$", "")
        .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
        .toLowerCase(Locale.ROOT);
  }
}
