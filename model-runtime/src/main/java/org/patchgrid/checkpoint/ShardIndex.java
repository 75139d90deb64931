package org.patchgrid.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.patchgrid.study.PatchgridException;

/**
 * model.safetensors.index.json: which shard holds which tensor. Index and shards must agree in both
 * directions.
 *
 * @param path the index, beside the shards
 * @param shardByTensor {@code weight_map}
 */
record ShardIndex(Path path, Map<String, String> shardByTensor) {
  ShardIndex {
    shardByTensor = Map.copyOf(shardByTensor);
  }

  static ShardIndex read(Path path) {
    ConfigFile index = ConfigFile.read(path);
    ConfigFile weightMap =
        index.section("weight_map").orElseThrow(() -> index.missing("weight_map"));
    Map<String, String> shards = new TreeMap<>();
    for (String tensor : weightMap.keys()) {
      String shard = weightMap.string(tensor).orElseThrow(() -> weightMap.missing(tensor));
      if (!isPlainName(shard)) {
        throw weightMap.invalid(tensor, "it must be the name of a file beside the index");
      }
      shards.put(tensor, shard);
    }
    return new ShardIndex(path, shards);
  }

  SortedMap<String, SafetensorsFile> open() {
    SortedMap<String, SafetensorsFile> files = new TreeMap<>();
    for (String shard : new TreeSet<>(shardByTensor.values())) {
      Path file = path.resolveSibling(shard);
      if (!Files.exists(file)) {
        throw new PatchgridException(
            "Cannot find %s, which %s lists: download the missing file"
                .formatted(file, path.getFileName()));
      }
      files.put(shard, SafetensorsFile.open(file));
    }
    files.forEach((shard, file) -> checkShard(files, shard, file));
    files.forEach(this::checkListed);
    return files;
  }

  private void checkShard(Map<String, SafetensorsFile> files, String shard, SafetensorsFile file) {
    for (String tensor : file.tensors().keySet()) {
      String listed = shardByTensor.get(tensor);
      if (listed == null) {
        throw disagree("tensor '%s' is in %s and not in the index".formatted(tensor, shard));
      }
      if (listed.equals(shard)) {
        continue;
      }
      SafetensorsFile other = files.get(listed);
      if (other != null && other.tensor(tensor).isPresent()) {
        throw disagree("tensor '%s' is in %s and in %s".formatted(tensor, listed, shard));
      }
      throw disagree(
          "tensor '%s' is in %s and by the index in %s".formatted(tensor, shard, listed));
    }
  }

  private void checkListed(String shard, SafetensorsFile file) {
    for (Map.Entry<String, String> listed : shardByTensor.entrySet()) {
      if (listed.getValue().equals(shard) && file.tensor(listed.getKey()).isEmpty()) {
        throw disagree(
            "tensor '%s' is not in %s, where the index has it".formatted(listed.getKey(), shard));
      }
    }
  }

  private PatchgridException disagree(String why) {
    return new PatchgridException(
        "%s and its shards are not of one model: %s; download them again".formatted(path, why));
  }

  /** No separators of any system, no way up, nothing hidden. */
  private static boolean isPlainName(String name) {
    return !name.isEmpty()
        && !name.startsWith(".")
        && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ');
  }
}
