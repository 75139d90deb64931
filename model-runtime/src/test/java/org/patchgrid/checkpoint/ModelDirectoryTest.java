package org.patchgrid.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.study.PatchgridException;

class ModelDirectoryTest {
  private static final Path ROOT = Path.of(System.getProperty("patchgrid.root"));
  private static final Path SHARDED =
      ROOT.resolve("model-runtime/src/test/resources/families/llama-gqa-headdim-sharded-bf16");

  private final Path directory;

  ModelDirectoryTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void opensTheShippedModel() {
    ModelDirectory model = ModelDirectory.open(ROOT.resolve("data/models/atlas-6l"));

    assertThat(model.name()).isEqualTo("atlas-6l");
    assertThat(model.tensorNames()).hasSize(56).contains("model.norm.weight");
    assertThat(model.config().string("model_type")).hasValue("llama");
    assertThat(model.weightFiles()).hasSize(1);
  }

  @Test
  void opensShardsByTheirIndex() {
    ModelDirectory model = ModelDirectory.open(SHARDED);

    assertThat(model.weightFiles()).hasSize(3);
    assertThat(model.tensorNames()).hasSize(39).contains("lm_head.weight");
  }

  @Test
  void fingerprintsContentAndNotPlace() throws IOException {
    ModelDirectory original = ModelDirectory.open(SHARDED);
    copySharded();

    ModelDirectory copy = ModelDirectory.open(directory);

    assertThat(copy.content().fingerprint())
        .matches("[0-9a-f]{64}")
        .isEqualTo(original.content().fingerprint());
    assertThat(copy.contentHashes().keySet())
        .containsExactly(
            "config.json",
            "model-00001-of-00003.safetensors",
            "model-00002-of-00003.safetensors",
            "model-00003-of-00003.safetensors",
            "tokenizer.json",
            "tokenizer_config.json");
    // What sha256sum prints for the file.
    assertThat(ModelDirectory.open(ROOT.resolve("data/models/atlas-6l")).contentHashes())
        .containsEntry(
            "config.json", "bb66882ec12f39ec0b4dd7c2b97ae5534b3b5aab290e0ebf828a80b6e27a815a");
    Path tokenizer = directory.resolve("tokenizer.json");
    Files.writeString(tokenizer, Files.readString(tokenizer) + " ");
    assertThat(ModelDirectory.open(directory).content().fingerprint())
        .isNotEqualTo(original.content().fingerprint());
    assertThat(ModelDirectory.open(directory).content().networkFingerprint())
        .isEqualTo(original.content().networkFingerprint());
    assertThat(ModelDirectory.open(directory).content().tokenizerFingerprint())
        .isNotEqualTo(original.content().tokenizerFingerprint());
    Files.delete(tokenizer);
    assertThat(ModelDirectory.open(directory).contentHashes()).doesNotContainKey("tokenizer.json");
    assertThat(ModelDirectory.open(directory).content().fingerprint())
        .isNotEqualTo(original.content().fingerprint());
  }

  @Test
  void fingerprintsLongFilesToTheirEnd() throws IOException {
    Files.writeString(directory.resolve("config.json"), "{}");
    Path weights = directory.resolve("model.safetensors");
    byte[] values = new byte[3 << 20];
    String header =
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[%1$d],\"data_offsets\":[0,%1$d]}}"
            .formatted(values.length);
    SafetensorsWriter.write(weights, header, values);
    String before = ModelDirectory.open(directory).content().fingerprint();
    values[values.length - 1] = 1;
    SafetensorsWriter.write(weights, header, values);
    assertThat(ModelDirectory.open(directory).content().fingerprint()).isNotEqualTo(before);
  }

  @Test
  void saysHowItIsQuantized() throws IOException {
    writeModel(directory);
    assertThat(ModelDirectory.open(directory).quantization()).isEmpty();
    Files.writeString(
        directory.resolve("config.json"), "{\"quantization\": {\"bits\": 8, \"group_size\": 32}}");
    assertThat(ModelDirectory.open(directory).quantization())
        .hasValue("MLX affine, 8 bits in groups of 32");
  }

  @Test
  void ignoresFilesThatDecideNothingInItsFingerprint() throws IOException {
    copySharded();
    String before = ModelDirectory.open(directory).content().fingerprint();
    Files.writeString(directory.resolve("README.md"), "new");
    assertThat(ModelDirectory.open(directory).content().fingerprint()).isEqualTo(before);
  }

  @Test
  void namesModelsOfHuggingFacesCacheByTheirRepository() throws IOException {
    Path snapshot = directory.resolve("models--Org--tiny-llama/snapshots/0123abc");
    Files.createDirectories(snapshot);
    writeModel(snapshot);
    assertThat(ModelDirectory.open(snapshot).name()).isEqualTo("tiny-llama");
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    Path absent = directory.resolve("absent");
    assertRefused(
        absent,
        "Cannot find the model directory %s: give the path of a directory with config.json and model.safetensors"
            .formatted(absent));
    Path file = Files.writeString(directory.resolve("file"), "");
    assertRefused(
        file,
        "The model %s is a file: give the path of a directory with config.json and model.safetensors"
            .formatted(file));
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertRefused(
        empty,
        "The model directory %s has no weights: expected model.safetensors or model.safetensors.index.json"
            .formatted(empty));
    writeModel(empty);
    Files.delete(empty.resolve("config.json"));
    assertRefused(
        empty,
        "The model directory %s has no config.json: download it from where the weights came from"
            .formatted(empty));
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.Q4_K_M.gguf", "pytorch_model.bin", "consolidated.00.pth", "m.pt"})
  void refusesOtherFormatsByName(String file) throws IOException {
    Files.writeString(directory.resolve("config.json"), "{}");
    Files.writeString(directory.resolve(file), "");
    assertRefused(
        directory,
        "The model directory %s has its weights as %s, and Patchgrid reads safetensors only: use the model's safetensors version"
            .formatted(directory, file));
  }

  @Test
  void asksForTheIndexOfShards() throws IOException {
    copySharded();
    Files.delete(directory.resolve("model.safetensors.index.json"));
    assertRefused(
        directory,
        "The model directory %s has model-00001-of-00003.safetensors but neither model.safetensors nor model.safetensors.index.json: download the missing file"
            .formatted(directory));
  }

  @Test
  void shardsMayHaveSpacesInTheirNames() throws IOException {
    writeIndex("{\"a\": \"shard 1.safetensors\"}");
    new SafetensorsWriter()
        .floats("a", TensorShape.of(1), 1)
        .write(directory.resolve("shard 1.safetensors"));
    assertThat(ModelDirectory.open(directory).tensorNames()).containsExactly("a");
  }

  @Test
  void refusesShardsThatAreNotThere() throws IOException {
    copySharded();
    Path shard = directory.resolve("model-00002-of-00003.safetensors");
    Files.delete(shard);
    assertRefused(
        directory,
        "Cannot find %s, which model.safetensors.index.json lists: download the missing file"
            .formatted(shard));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../a.safetensors", "/a.safetensors", "sub/a", "..\\\\a", "", "C:a"})
  void refusesShardsElsewhere(String shard) throws IOException {
    writeIndex("{\"a\": \"%s\"}".formatted(shard));
    assertThatThrownBy(() -> ModelDirectory.open(directory))
        .isInstanceOf(PatchgridException.class)
        .hasMessageContaining("model.safetensors.index.json: weight_map.a is \"" + shard + "\"")
        .hasMessageEndingWith("it must be the name of a file beside the index");
  }

  @Test
  void refusesLinksOutOfItsDirectory(@TempDir Path outside) throws IOException {
    writeModel(directory);
    Path secret = Files.writeString(outside.resolve("secret.json"), "{}");
    Path link = Files.createSymbolicLink(directory.resolve("tokenizer_config.json"), secret);
    assertRefused(
        directory,
        link
            + " is a link that leads out of the model's directory, to "
            + secret.toRealPath()
            + ": put the file itself there");
    Files.delete(link);
    Files.createSymbolicLink(link, Path.of("config.json"));
    assertThat(ModelDirectory.open(directory).contentHashes()).containsKey("tokenizer_config.json");
    Path linked = Files.createSymbolicLink(outside.resolve("model"), directory);
    assertThat(ModelDirectory.open(linked).weightFiles()).hasSize(1);
  }

  @Test
  void refusesALinkToWhatNeverEnds() throws IOException {
    writeModel(directory);
    Path config = directory.resolve("config.json");
    Files.delete(config);
    Files.createSymbolicLink(config, Path.of("/dev/zero"));
    assertRefused(
        directory,
        config
            + " is a link that leads out of the model's directory, to /dev/zero: put the file itself there");
  }

  @Test
  void linksOfASnapshotLeadToItsBlobs() throws IOException {
    Path repository = Files.createDirectories(directory.resolve("models--org--m"));
    Path snapshot = Files.createDirectories(repository.resolve("snapshots/abc"));
    Path blobs = Files.createDirectories(repository.resolve("blobs"));
    writeModel(blobs);
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.createSymbolicLink(snapshot.resolve(name), Path.of("../../blobs").resolve(name));
    }
    assertThat(ModelDirectory.open(snapshot).weightFiles()).hasSize(1);
    Path other = Files.writeString(directory.resolve("other.json"), "{}");
    Files.createSymbolicLink(snapshot.resolve("tokenizer.json"), other);
    assertThatThrownBy(() -> ModelDirectory.open(snapshot))
        .isInstanceOf(PatchgridException.class)
        .hasMessageContaining("is a link that leads out of the model's directory");
  }

  @Test
  void refusesWhatIsNoFile() throws IOException {
    writeModel(directory);
    Files.delete(directory.resolve("config.json"));
    Files.createDirectory(directory.resolve("config.json"));
    assertRefused(
        directory,
        "Cannot use "
            + directory.resolve("config.json")
            + ": it is not a file; put the file itself there");
  }

  @Test
  void refusesIndexAndShardsThatDisagree() throws IOException {
    TensorShape one = TensorShape.of(1);
    new SafetensorsWriter().floats("a", one, 1).write(directory.resolve("1.safetensors"));
    new SafetensorsWriter().floats("b", one, 1).write(directory.resolve("2.safetensors"));
    assertDisagree(
        "{\"a\": \"1.safetensors\", \"b\": \"2.safetensors\", \"c\": \"2.safetensors\"}",
        "tensor 'c' is not in 2.safetensors, where the index has it");
    assertDisagree(
        "{\"a\": \"1.safetensors\", \"c\": \"2.safetensors\"}",
        "tensor 'b' is in 2.safetensors and not in the index");
    assertDisagree(
        "{\"a\": \"2.safetensors\", \"b\": \"1.safetensors\"}",
        "tensor 'a' is in 1.safetensors and by the index in 2.safetensors");
    new SafetensorsWriter()
        .floats("b", one, 1)
        .floats("a", one, 1)
        .write(directory.resolve("2.safetensors"));
    assertDisagree(
        "{\"a\": \"1.safetensors\", \"b\": \"2.safetensors\"}",
        "tensor 'a' is in 1.safetensors and in 2.safetensors");
  }

  @Test
  void refusesAnIndexWithoutAMap() throws IOException {
    Files.writeString(directory.resolve("config.json"), "{}");
    Path index = Files.writeString(directory.resolve("model.safetensors.index.json"), "{}");
    assertRefused(directory, index + " has no weight_map: download the file again");
  }

  private void assertDisagree(String weightMap, String why) throws IOException {
    writeIndex(weightMap);
    assertRefused(
        directory,
        "%s and its shards are not of one model: %s; download them again"
            .formatted(directory.resolve("model.safetensors.index.json"), why));
  }

  private static void assertRefused(Path path, String message) {
    assertThatThrownBy(() -> ModelDirectory.open(path))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(message);
  }

  private void writeIndex(String weightMap) throws IOException {
    Files.writeString(directory.resolve("config.json"), "{}");
    Files.writeString(
        directory.resolve("model.safetensors.index.json"), "{\"weight_map\": " + weightMap + "}");
  }

  private static void writeModel(Path path) throws IOException {
    Files.writeString(path.resolve("config.json"), "{}");
    new SafetensorsWriter()
        .floats("a", TensorShape.of(1), 1)
        .write(path.resolve("model.safetensors"));
  }

  private void copySharded() throws IOException {
    for (String name :
        List.of(
            "config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "model.safetensors.index.json",
            "model-00001-of-00003.safetensors",
            "model-00002-of-00003.safetensors",
            "model-00003-of-00003.safetensors")) {
      Files.copy(SHARDED.resolve(name), directory.resolve(name));
    }
  }
}
