package org.patchgrid.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.patchgrid.study.PatchgridException;

/**
 * The directory in which Hugging Face's tools keep what they downloaded: {@code
 * models--ORG--NAME/refs/main} names a commit, {@code snapshots/COMMIT} has links to {@code blobs}.
 * Nothing is downloaded here.
 *
 * @param directory of all models, for example {@code ~/.cache/huggingface/hub}
 */
public record HuggingFaceCache(Path directory) {
  /** How a model of the cache is named: {@code hf:ORG/NAME}, or {@code hf:ORG/NAME@REVISION}. */
  public static final String PREFIX = "hf:";

  private static final String PART = "[A-Za-z0-9](?:[A-Za-z0-9_]|[.-](?![.-]))*";
  private static final Pattern NAME =
      Pattern.compile((PREFIX + "(?<repo>(?:%1$s/)?%1$s)(?:@(?<revision>%1$s))?").formatted(PART));
  private static final String MAIN = "main";
  private static final String HUB = "huggingface/hub"; // in a directory for caches

  /** The cache of this machine's user, by the variables that Hugging Face's tools read. */
  public static HuggingFaceCache ofThisMachine() {
    return of(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  static HuggingFaceCache of(Map<String, String> environment, Path home) {
    Path hub =
        variable(environment, "HF_HUB_CACHE")
            .or(() -> variable(environment, "HUGGINGFACE_HUB_CACHE"))
            .or(() -> variable(environment, "HF_HOME").map(path -> path.resolve("hub")))
            .or(() -> variable(environment, "XDG_CACHE_HOME").map(path -> path.resolve(HUB)))
            .orElseGet(() -> home.resolve(".cache").resolve(HUB));
    return new HuggingFaceCache(hub);
  }

  private static Optional<Path> variable(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name))
        .filter(value -> !value.isBlank())
        .map(Path::of);
  }

  /**
   * The name with the revision that it means today, so that another host, or this one tomorrow,
   * takes the same.
   *
   * @throws PatchgridException if the cache does not have it
   */
  public String pinned(String name) {
    Path snapshot = snapshot(name);
    return PREFIX + matcher(name).group("repo") + "@" + snapshot.getFileName();
  }

  /**
   * The directory of a model.
   *
   * @param name with {@link #PREFIX}
   * @throws PatchgridException if the cache does not have it, or has links that lead out of it
   */
  public Path snapshot(String name) {
    Matcher matcher = matcher(name);
    String repo = matcher.group("repo");
    Path model = directory.resolve("models--" + repo.replace("/", "--"));
    if (!Files.isDirectory(model)) {
      throw new PatchgridException(
          "Cannot find %s in the Hugging Face cache %s: download it with `hf download %s`, or set HF_HOME to where it is"
              .formatted(name, directory, repo));
    }
    String revision = Optional.ofNullable(matcher.group("revision")).orElse(MAIN);
    Path snapshot = model.resolve("snapshots").resolve(commit(model, revision));
    if (!Files.isDirectory(snapshot)) {
      throw new PatchgridException(
          "The Hugging Face cache %s has no revision %s of %s: download it with `hf download %s --revision %s`"
              .formatted(directory, revision, repo, repo, revision));
    }
    requireInside(snapshot, repo);
    return snapshot;
  }

  private static Matcher matcher(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      throw new PatchgridException(
          "'%s' names no model: write hf:ORG/NAME, or hf:ORG/NAME@REVISION".formatted(name));
    }
    return matcher;
  }

  /** A branch or a tag has a file that names the commit. */
  private static String commit(Path model, String revision) {
    Path ref = model.resolve("refs").resolve(revision);
    try {
      String commit = Files.readString(ref).strip();
      if (!commit.matches("[0-9a-f]{1,64}")) {
        throw new PatchgridException(
            "%s does not name a commit: download the model again".formatted(ref));
      }
      return commit;
    } catch (NoSuchFileException e) {
      return revision;
    } catch (IOException e) {
      throw FileErrors.cannotRead(ref, e);
    }
  }

  /** A link out of the cache would read what nobody meant to be a model. */
  private void requireInside(Path snapshot, String repo) {
    try (Stream<Path> entries = Files.list(snapshot)) {
      Path root = directory.toRealPath();
      List<Path> files = entries.sorted().toList();
      for (Path file : files) {
        if (!Files.exists(file)) {
          throw new PatchgridException(
              "%s is a link to a file that is not there: finish the download with `hf download %s`"
                  .formatted(file, repo));
        }
        if (!file.toRealPath().startsWith(root)) {
          throw new PatchgridException(
              "%s is a link that leads out of the Hugging Face cache, to %s: download the model again"
                  .formatted(file, file.toRealPath()));
        }
      }
    } catch (IOException e) {
      throw FileErrors.cannotRead(snapshot, e);
    }
  }
}
