package org.patchgrid.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Sha256;

/**
 * A model as Hugging Face lays it out: config.json, the weights in model.safetensors or in shards
 * that model.safetensors.index.json lists, and perhaps a tokenizer. Opening reads and checks the
 * headers of all weight files and none of their values, so it is quick for any size. Immutable.
 */
public final class ModelDirectory {
  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final String TOKENIZER = "tokenizer.json";
  private static final String TOKENIZER_CONFIG = "tokenizer_config.json";

  private final Path path;
  private final ConfigFile config;
  private final Path weights;
  private final SortedMap<String, SafetensorsFile> files;
  private final SortedMap<String, SafetensorsFile> fileByTensor;

  private ModelDirectory(
      Path path, ConfigFile config, Path weights, SortedMap<String, SafetensorsFile> files) {
    this.path = path;
    this.config = config;
    this.weights = weights;
    this.files = Collections.unmodifiableSortedMap(files);
    this.fileByTensor = Collections.unmodifiableSortedMap(fileByTensor(files));
  }

  /**
   * Opens a model.
   *
   * @throws PatchgridException when the directory is not a complete model in safetensors
   */
  public static ModelDirectory open(Path path) {
    checkFormat(path);
    requireInside(path);
    ConfigFile config = ConfigFile.read(path.resolve(CONFIG));
    // The order of Hugging Face's own loader, should both be there.
    if (Files.exists(path.resolve(WEIGHTS))) {
      SortedMap<String, SafetensorsFile> single = new TreeMap<>();
      single.put(WEIGHTS, SafetensorsFile.open(path.resolve(WEIGHTS)));
      return new ModelDirectory(path, config, path.resolve(WEIGHTS), single);
    }
    Path index = path.resolve(INDEX);
    return new ModelDirectory(path, config, index, ShardIndex.read(index).open());
  }

  public Path path() {
    return path;
  }

  /** What messages call the model: the directory's name, or the model's in Hugging Face's cache. */
  public String name() {
    Path absolute = path.toAbsolutePath().normalize();
    Path name = absolute.getFileName();
    Path snapshots = absolute.getParent();
    if (snapshots != null && snapshots.endsWith("snapshots") && snapshots.getParent() != null) {
      // .../models--ORG--NAME/snapshots/REVISION
      String cached = String.valueOf(snapshots.getParent().getFileName());
      if (cached.startsWith("models--")) {
        return cached.substring(cached.lastIndexOf("--") + 2);
      }
    }
    return name == null ? absolute.toString() : name.toString();
  }

  public ConfigFile config() {
    return config;
  }

  /** How its matrices are quantised, in words; empty if they are not. */
  public Optional<String> quantization() {
    return QuantizationConfig.of(config).describe();
  }

  /** What messages name as the place of the weights: the one file, or the index of the shards. */
  Path weights() {
    return weights;
  }

  public List<SafetensorsFile> weightFiles() {
    return List.copyOf(files.values());
  }

  /** Every stored tensor, by name; of a quantised matrix its three parts. */
  Set<String> tensorNames() {
    return fileByTensor.keySet();
  }

  Optional<SafetensorsFile> fileOf(String tensor) {
    return Optional.ofNullable(fileByTensor.get(tensor));
  }

  /**
   * SHA-256 of every file that decides what the model computes, by file name: configuration,
   * weights and tokenizer. Reads them all: seconds a gigabyte.
   */
  SortedMap<String, String> contentHashes() {
    SortedMap<String, String> hashes = new TreeMap<>();
    for (String name : List.of(CONFIG, TOKENIZER, TOKENIZER_CONFIG)) {
      Path file = path.resolve(name);
      if (Files.isRegularFile(file)) {
        hashes.put(name, sha256(file));
      }
    }
    files.forEach((name, file) -> hashes.put(name, sha256(file.path())));
    return hashes;
  }

  /**
   * What the model consists of. The same files give the same wherever they lie; reads them all, as
   * {@link #contentHashes} does.
   */
  public ModelContent content() {
    return new ModelContent(contentHashes());
  }

  private static void checkFormat(Path path) {
    if (!Files.exists(path)) {
      throw new PatchgridException(
          "Cannot find the model directory %s: give the path of a directory with config.json and model.safetensors"
              .formatted(path));
    }
    if (!Files.isDirectory(path)) {
      throw new PatchgridException(
          "The model %s is a file: give the path of a directory with config.json and model.safetensors"
              .formatted(path));
    }
    List<String> names = names(path);
    if (!names.contains(WEIGHTS) && !names.contains(INDEX)) {
      throw noWeights(path, names);
    }
    if (!names.contains(CONFIG)) {
      throw new PatchgridException(
          "The model directory %s has no config.json: download it from where the weights came from"
              .formatted(path));
    }
  }

  /**
   * A link out of the directory would read what nobody meant to be a model. In Hugging Face's cache
   * the files of a snapshot are links to the model's blobs, which belong to it.
   */
  private static void requireInside(Path path) {
    try (Stream<Path> entries = Files.list(path)) {
      Path directory = path.toRealPath();
      Path bound = bound(directory);
      for (Path entry : entries.sorted().toList()) {
        if (Files.exists(entry) && !entry.toRealPath().startsWith(bound)) {
          throw new PatchgridException(
              "%s is a link that leads out of the model's directory, to %s: put the file itself there"
                  .formatted(entry, entry.toRealPath()));
        }
      }
    } catch (IOException e) {
      throw FileErrors.cannotRead(path, e);
    }
  }

  private static Path bound(Path directory) {
    Path snapshots = directory.getParent();
    if (snapshots == null || !snapshots.endsWith("snapshots")) {
      return directory;
    }
    Path cached = snapshots.getParent();
    return cached == null ? directory : cached;
  }

  private static PatchgridException noWeights(Path path, List<String> names) {
    Optional<String> shard = withEnding(names, ".safetensors");
    if (shard.isPresent()) {
      return new PatchgridException(
          "The model directory %s has %s but neither %s nor %s: download the missing file"
              .formatted(path, shard.get(), WEIGHTS, INDEX));
    }
    Optional<String> other = withEnding(names, ".gguf", ".bin", ".pt", ".pth", ".ckpt");
    if (other.isPresent()) {
      return new PatchgridException(
          "The model directory %s has its weights as %s, and Patchgrid reads safetensors only: use the model's safetensors version"
              .formatted(path, other.get()));
    }
    return new PatchgridException(
        "The model directory %s has no weights: expected %s or %s".formatted(path, WEIGHTS, INDEX));
  }

  private static Optional<String> withEnding(List<String> names, String... endings) {
    return Stream.of(endings)
        .flatMap(ending -> names.stream().filter(name -> name.endsWith(ending)))
        .findFirst();
  }

  private static List<String> names(Path path) {
    try (Stream<Path> entries = Files.list(path)) {
      return entries.map(entry -> String.valueOf(entry.getFileName())).sorted().toList();
    } catch (IOException e) {
      throw FileErrors.cannotRead(path, e);
    }
  }

  private static SortedMap<String, SafetensorsFile> fileByTensor(
      Map<String, SafetensorsFile> files) {
    SortedMap<String, SafetensorsFile> byTensor = new TreeMap<>();
    for (SafetensorsFile file : files.values()) {
      file.tensors().keySet().forEach(tensor -> byTensor.put(tensor, file));
    }
    return byTensor;
  }

  private static String sha256(Path file) {
    MessageDigest digest = Sha256.begin();
    try (InputStream stream = new DigestInputStream(Files.newInputStream(file), digest)) {
      stream.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw FileErrors.cannotRead(file, e);
    }
    return Sha256.end(digest);
  }
}
