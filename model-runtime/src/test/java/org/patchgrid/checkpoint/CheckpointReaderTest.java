package org.patchgrid.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchgrid.study.PatchgridException;

class CheckpointReaderTest {
  private static final Path RESOURCES =
      Path.of(System.getProperty("patchgrid.root"), "model-runtime/src/test/resources");

  private final Path directory;

  CheckpointReaderTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void widensFloatsOfEveryWidth() throws IOException {
    write(
        new SafetensorsWriter()
            .floats("f32", TensorShape.of(2), 1.5f, Float.NEGATIVE_INFINITY)
            .shorts("f16", "F16", TensorShape.of(1, 3), 0x3c00, 0x0001, 0xfc00)
            .shorts("bf16", "BF16", TensorShape.of(3, 1), 0x3f80, 0x8000, 0x7f80));
    CheckpointReader reader = reader("{}");

    assertThat(StoredValues.floats(reader.tensor("f32", 2)))
        .containsExactly(1.5f, Float.NEGATIVE_INFINITY);
    assertThat(StoredValues.floats(reader.tensor("f16", 1, 3)))
        .containsExactly(1, 0x1p-24f, Float.NEGATIVE_INFINITY);
    assertThat(StoredValues.floats(reader.tensor("bf16", 3, 1)))
        .containsExactly(1, -0f, Float.POSITIVE_INFINITY);
    reader.requireAllRead();
  }

  @Test
  void readsSomeRowsWhereTheyAreWanted() throws IOException {
    write(
        new SafetensorsWriter()
            .floats("matrix", TensorShape.of(3, 2), 1, 2, 3, 4, 5, 6)
            .shorts("vector", "BF16", TensorShape.of(5), 0x3f80, 0x4000, 0x4040, 0x4080, 0x40a0));
    CheckpointReader reader = reader("{}");
    ByteBuffer target = ByteBuffer.allocateDirect(24).order(ByteOrder.nativeOrder()).putInt(7);

    reader.tensor("matrix", 3, 2).read(1, 2, target);
    reader.tensor("vector", 5).read(4, 1, target);

    assertThat(target.hasRemaining()).isFalse();
    assertThat(target.flip().getInt()).isEqualTo(7);
    float[] values = new float[5];
    target.asFloatBuffer().get(values);
    assertThat(values).containsExactly(3, 4, 5, 6, 5);
  }

  @Test
  void readsTensorsBeyondTwoGibibytes() throws IOException {
    // Rows of 2 MiB, all zero but the last element: a sparse file.
    long rows = 1280;
    long columns = 1L << 19;
    long end = rows * columns * Float.BYTES;
    Path path = directory.resolve("model.safetensors");
    SafetensorsWriter.write(
        path,
        "{\"large\":{\"dtype\":\"F32\",\"shape\":[%d,%d],\"data_offsets\":[0,%d]}}"
            .formatted(rows, columns, end));
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, 1);
      channel.write(one, channel.size() + end - Float.BYTES);
    }

    WeightTensor large = reader("{}").tensor("large", rows, columns);

    ByteBuffer last = ByteBuffer.allocate(Math.toIntExact(large.rowBytes()));
    large.read(rows - 1, 1, last);
    assertThat(last.getFloat(last.limit() - Float.BYTES)).isEqualTo(1);
    assertThat(last.getFloat(last.limit() - 2 * Float.BYTES)).isEqualTo(0);
  }

  @Test
  void namesMissingAndMisshapenTensors() throws IOException {
    write(new SafetensorsWriter().floats("model.norm.weight", TensorShape.of(2), 1, 2));
    CheckpointReader reader = reader("{}");
    Path file = directory.resolve("model.safetensors");

    assertThat(reader.has("model.norm.weight")).isTrue();
    assertThat(reader.has("lm_head.weight")).isFalse();
    assertThatThrownBy(() -> reader.tensor("lm_head.weight", 5, 2))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            file
                + " has no tensor 'lm_head.weight' (expected shape [5, 2]): the checkpoint is incomplete or of another kind than its config.json says; download both again");
    assertThatThrownBy(() -> reader.tensor("model.norm.weight", 1, 2))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            file
                + ": tensor 'model.norm.weight' has shape [2] where config.json makes it [1, 2]: weights and config.json are not of one model; download both again");
  }

  @Test
  void accountsForEveryTensor() throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (int layer = 0; layer < 7; layer++) {
      writer.floats("layers." + layer + ".weight", TensorShape.of(1), layer);
    }
    write(writer.floats("layers.0.rotary_emb.inv_freq", TensorShape.of(1), 1));
    CheckpointReader reader = reader("{}");
    reader.ignore(name -> name.endsWith(".rotary_emb.inv_freq"));

    reader.tensor("layers.3.weight", 1);

    assertThatThrownBy(reader::requireAllRead)
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith(
            directory.resolve("model.safetensors")
                + " has 6 tensors that a model of its config.json does not use ('layers.0.weight', 'layers.1.weight', 'layers.2.weight', 'layers.4.weight', 'layers.5.weight', ...): ");
    reader.tensor("layers.0.weight", 1);
    assertThatThrownBy(reader::requireAllRead)
        .hasMessageContaining("has 5 tensors that")
        .hasMessageContaining("'layers.6.weight'):");
    for (int layer = 0; layer < 7; layer++) {
      reader.tensor("layers." + layer + ".weight", 1);
    }
    reader.requireAllRead();
  }

  @Test
  void comparesValuesHoweverTheyAreStored() throws IOException {
    write(
        new SafetensorsWriter()
            .floats("a", TensorShape.of(2, 1), 1, 2)
            .floats("same", TensorShape.of(2, 1), 1, 2)
            .floats("other", TensorShape.of(2, 1), 1, 3)
            .floats("flat", TensorShape.of(2), 1, 2)
            .shorts("brain", "BF16", TensorShape.of(2, 1), 0x3f80, 0x4000)
            .shorts("brainOther", "BF16", TensorShape.of(2, 1), 0x3f80, 0x4040));
    CheckpointReader reader = reader("{}");

    assertThat(reader.sameValues("a", "same")).isTrue();
    assertThat(reader.sameValues("a", "other")).isFalse();
    assertThat(reader.sameValues("a", "flat")).isFalse();
    assertThat(reader.sameValues("a", "brain")).isTrue();
    assertThat(reader.sameValues("a", "brainOther")).isFalse();
    reader.requireAllRead();
    assertThatThrownBy(() -> reader.sameValues("a", "absent"))
        .isInstanceOf(PatchgridException.class)
        .hasMessageContaining("has no tensor 'absent'");
  }

  /** More than is compared at a time, and not a multiple of it. */
  @Test
  void comparesLongTensorsToTheirEnd() throws IOException {
    byte[] values = new byte[2 * 3 * 100_000 * Float.BYTES];
    String header =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3,100000],\"data_offsets\":[0,1200000]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[3,100000],\"data_offsets\":[1200000,2400000]}}";
    SafetensorsWriter.write(directory.resolve("model.safetensors"), header, values);
    assertThat(reader("{}").sameValues("a", "b")).isTrue();
    values[values.length - 1] = 1;
    SafetensorsWriter.write(directory.resolve("model.safetensors"), header, values);
    assertThat(reader("{}").sameValues("a", "b")).isFalse();
  }

  @Test
  void refusesTypesThatAreNoWeights() throws IOException {
    write(
        new SafetensorsWriter()
            .ints("i", "I32", TensorShape.of(1), 1)
            .ints("packed.weight", "U32", TensorShape.of(1, 1), 1));
    CheckpointReader reader = reader("{}");

    assertThatThrownBy(() -> reader.tensor("i", 1))
        .isInstanceOf(PatchgridException.class)
        .hasMessageContaining("tensor 'i' is I32, and weights are read from F32, F16 and BF16");
    assertThatThrownBy(() -> reader.tensor("packed.weight", 1, 1))
        .hasMessageContaining("tensor 'packed.weight' is U32");
  }

  @ParameterizedTest
  @CsvSource({
    "2, 32", "2, 64", "2, 128", "3, 32", "3, 64", "3, 128", "4, 32", "4, 64", "4, 128",
    "5, 32", "5, 64", "5, 128", "6, 32", "6, 64", "6, 128", "8, 32", "8, 64", "8, 128"
  })
  void dequantizesAsMlxDoes(int bits, int groupSize) throws IOException {
    Files.copy(
        RESOURCES.resolve("checkpoint/affine.safetensors"), directory.resolve("model.safetensors"));
    String settings = "{\"bits\": %d, \"group_size\": %d}".formatted(bits, groupSize);
    String module = "bits%d.group%d".formatted(bits, groupSize);

    CheckpointReader general = reader("{\"quantization\": " + settings + "}");
    assertThat(StoredValues.floats(general.tensor(module + ".weight", 2, 256)))
        .containsExactly(StoredValues.floats(general.tensor(module + ".expected", 2, 256)));
    assertThat(general.sameValues(module + ".weight", module + ".expected")).isTrue();
    general.ignore(name -> !name.startsWith(module + "."));
    general.requireAllRead();

    // The settings in an entry of the module's own.
    CheckpointReader own =
        reader(
            "{\"quantization_config\": {\"bits\": 4, \"group_size\": 64, \"mode\": \"affine\", \"%s\": %s}}"
                .formatted(module, settings));
    assertThat(StoredValues.floats(own.tensor(module + ".weight", 2, 256)))
        .containsExactly(StoredValues.floats(general.tensor(module + ".expected", 2, 256)));
  }

  @Test
  void refusesQuantizedMatricesThatDoNotFitTheirSettings() throws IOException {
    Files.copy(
        RESOURCES.resolve("checkpoint/affine.safetensors"), directory.resolve("model.safetensors"));
    String file = directory.resolve("model.safetensors").toString();

    assertThatThrownBy(
            () ->
                reader("{\"quantization\": {\"bits\": 8, \"group_size\": 32}}")
                    .tensor("bits4.group32.weight", 2, 256))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            file
                + ": tensor 'bits4.group32.weight' is packed as [2, 32] with 'bits4.group32.scales' of shape [2, 8], which does not fit the 8 bits, group size 32 of config.json: weights and config.json are not of one model; download both again");
    // 4 bits in groups of 32 look like 8 bits in groups of 16, or 2 bits in groups of 64.
    assertThatThrownBy(
            () ->
                reader("{\"quantization\": {\"bits\": 2, \"group_size\": 64}}")
                    .tensor("bits4.group32.weight", 2, 256))
        .hasMessageContaining(
            "has shape [2, 512] (packed as [2, 32], 2 bits, group size 64) where config.json makes it [2, 256]");
    assertThatThrownBy(() -> reader("{}").tensor("bits4.group32.weight", 2, 256))
        .hasMessageContaining("has scales, and config.json does not say how it is quantised");
    assertThatThrownBy(
            () ->
                reader(
                        "{\"quantization\": {\"bits\": 4, \"group_size\": 32, \"bits4.group32\": false}}")
                    .tensor("bits4.group32.weight", 2, 256))
        .hasMessageContaining("has scales, and config.json does not say how it is quantised");
  }

  @Test
  void refusesScalesWithoutBiases() throws IOException {
    write(
        new SafetensorsWriter()
            .ints("m.weight", "U32", TensorShape.of(1, 4), 1, 2, 3, 4)
            .floats("m.scales", TensorShape.of(1, 1), 1));
    assertThatThrownBy(
            () ->
                reader("{\"quantization\": {\"bits\": 4, \"group_size\": 32}}")
                    .tensor("m.weight", 1, 32))
        .isInstanceOf(PatchgridException.class)
        .hasMessageContaining("tensor 'm.weight' has scales and no biases");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"quantization": {"bits": 4, "group_size": 32, "mode": "mxfp4"}}           | quantization.mode is "mxfp4": Patchgrid reads the mode affine only
          {"quantization": {"bits": 4, "model.x": {"mode": "nvfp4"}}}                | quantization.model.x.mode is "nvfp4": Patchgrid reads the mode affine only
          {"quantization": {"bits": 7}}                                              | quantization.bits is 7: it must be 2, 3, 4, 5, 6 or 8
          {"quantization": {"bits": 4, "group_size": 48}}                            | quantization.group_size is 48: it must be 32, 64 or 128
          {"quantization": {"bits": "4"}}                                            | quantization.bits is "4": it must be a positive whole number
          {"quantization": 4}                                                        | quantization is 4: it must be an object
          {"quantization_config": {"quant_method": "gptq", "bits": 4}}               | quantization_config.quant_method is "gptq": Patchgrid reads MLX's affine quantisation only
          {"quantization_config": {"quant_method": "bitsandbytes"}}                  | quantization_config.quant_method is "bitsandbytes"
          """)
  void refusesOtherQuantizationsByName(String config, String why) throws IOException {
    write(new SafetensorsWriter().floats("a", TensorShape.of(1), 1));
    assertThatThrownBy(() -> reader(config))
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith(directory.resolve("config.json") + ": " + why);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-mha-f32", "llama-gqa-headdim-sharded-bf16"})
  void readsEveryTensorOfAModel(String family) {
    ModelDirectory model = ModelDirectory.open(RESOURCES.resolve("families").resolve(family));
    CheckpointReader reader = new CheckpointReader(model);

    for (SafetensorsFile file : model.weightFiles()) {
      for (StoredTensor tensor : file.tensors().values()) {
        long[] shape = tensor.shape().sizes().stream().mapToLong(Long::longValue).toArray();
        assertThat(StoredValues.floats(reader.tensor(tensor.name(), shape)))
            .hasSize(Math.toIntExact(tensor.shape().elements()))
            .doesNotContain(Float.NaN);
      }
    }
    reader.requireAllRead();
  }

  @Test
  void readsTheRealModelWithItsEightBitEmbedding() {
    String path = System.getProperty("patchgrid.real-model", "");
    assumeThat(path)
        .as("patchgrid.real-model names a directory that bin/get-smollm2 has filled")
        .isNotEmpty();
    CheckpointReader reader = new CheckpointReader(ModelDirectory.open(Path.of(path)));

    WeightTensor embedding = reader.tensor("model.embed_tokens.weight", 49152, 576);
    WeightTensor query = reader.tensor("model.layers.0.self_attn.q_proj.weight", 576, 576);
    WeightTensor norm = reader.tensor("model.norm.weight", 576);

    // mx.dequantize of MLX 0.32.4 on the widened scales and biases.
    assertThat(StoredValues.floats(embedding)[576 * 1000 + 5]).isEqualTo(-0x1.4780000000000p-7f);
    assertThat(StoredValues.floats(query)[576 * 100 + 7]).isEqualTo(0x1.0280000000000p-4f);
    assertThat(StoredValues.floats(norm)[3]).isEqualTo(0x1.9a00000000000p+0f);
  }

  private void write(SafetensorsWriter writer) throws IOException {
    writer.write(directory.resolve("model.safetensors"));
  }

  private ModelDirectory open(String config) throws IOException {
    Files.writeString(directory.resolve("config.json"), config);
    return ModelDirectory.open(directory);
  }

  private CheckpointReader reader(String config) throws IOException {
    return new CheckpointReader(open(config));
  }
}
