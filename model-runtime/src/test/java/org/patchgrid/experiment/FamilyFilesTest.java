package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.patchgrid.checkpoint.ElementType;
import org.patchgrid.checkpoint.ModelDirectory;
import org.patchgrid.checkpoint.SafetensorsFile;
import org.patchgrid.checkpoint.SafetensorsWriter;
import org.patchgrid.checkpoint.StoredTensor;
import org.patchgrid.checkpoint.TensorShape;
import org.patchgrid.hook.Hooks;
import org.patchgrid.study.AnswerTokenPolicy;
import org.patchgrid.study.BosPolicy;
import org.patchgrid.study.TokenizedPair;
import org.patchgrid.tokenize.PromptTokenizer;
import org.patchgrid.transformer.WholeSequences;

/** The same model in other files: tokens, number types, and the names that other tools give. */
class FamilyFilesTest {
  private static final int GROUP = 32;

  private final Path directory;

  FamilyFilesTest(@TempDir Path directory) {
    this.directory = directory;
  }

  static List<Path> models() {
    return TestModels.families();
  }

  @ParameterizedTest
  @MethodSource("models")
  void tokenIdsAreThoseOfTransformers(Path model) throws IOException {
    JsonNode golden = golden(model);
    JsonNode pair = golden.get("patching");
    try (PromptTokenizer tokenizer =
        PromptTokenizer.open(model, golden.get("vocab_size").asInt())) {
      TokenizedPair patching =
          tokenize(tokenizer, pair.get("clean_text"), pair.get("corrupted_text"));
      assertThat(patching.clean().ids()).isEqualTo(ids(pair.get("clean_ids")));
      assertThat(patching.corrupted().ids()).isEqualTo(ids(pair.get("corrupted_ids")));
      for (JsonNode prompt : golden.get("prompts")) {
        TokenizedPair read = tokenize(tokenizer, prompt.get("text"), prompt.get("text"));
        assertThat(read.clean().ids()).isEqualTo(ids(prompt.get("ids")));
      }
    }
  }

  private static TokenizedPair tokenize(
      PromptTokenizer tokenizer, JsonNode clean, JsonNode corrupted) {
    return tokenizer.tokenize(
        TestPairs.ofTexts(0, "pair", clean.asText(), corrupted.asText(), "a", "b"),
        BosPolicy.TOKENIZER,
        AnswerTokenPolicy.FIRST);
  }

  /** Widened by hand, one number after the other. */
  @ParameterizedTest
  @MethodSource("models")
  void numbersOfAnyTypeAreThoseOfTheirFloat32(Path model) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (SafetensorsFile file : ModelDirectory.open(model).weightFiles()) {
      for (StoredTensor tensor : file.tensors().values()) {
        if (tensor.type() != ElementType.BOOL) {
          writer.floats(tensor.name(), tensor.shape(), widened(file, tensor));
        }
      }
    }
    copyAllButWeights(model);
    writer.write(directory.resolve("model.safetensors"));
    assertThat(states(directory, model)).isEqualTo(states(model, model));
  }

  private static float[] widened(SafetensorsFile file, StoredTensor tensor) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(tensor.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    file.read(tensor, 0, bytes);
    bytes.flip();
    float[] values = new float[Math.toIntExact(tensor.shape().elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (tensor.type()) {
            case F32 -> bytes.getFloat();
            case BF16 -> Float.intBitsToFloat(bytes.getShort() << Short.SIZE);
            case F16 -> ofHalf(bytes.getShort());
            default -> throw new IllegalStateException(tensor.toString());
          };
    }
    return values;
  }

  /** IEEE 754: (-1)^s (1 + f / 2^10) 2^(e - 15), or (-1)^s f 2^-24 for e = 0. */
  private static float ofHalf(short half) {
    int exponent = (half >> 10) & 0x1F;
    double fraction = half & 0x3FF;
    double size =
        exponent == 0 ? Math.scalb(fraction, -24) : Math.scalb(1 + fraction / 1024, exponent - 15);
    return (float) (half < 0 ? -size : size);
  }

  @Test
  void mlxNamesAndTransposedMatricesOfGpt2AreTheSameModel() throws IOException {
    assertSameModel(
        "gpt2-tied-f32",
        name -> name.replace("transformer.", "model."),
        name -> name.matches(".*(c_attn|c_proj|c_fc).weight"));
  }

  @Test
  void mlxNamesOfGptNeoXAreTheSameModel() throws IOException {
    assertSameModel(
        "neox-sequential-f32",
        name -> ("model." + name).replace(".gpt_neox.layers.", ".h.").replace(".gpt_neox.", "."),
        name -> false);
  }

  @Test
  void mlxNamesOfGptJAreTheSameModel() throws IOException {
    assertSameModel("gptj-f32", name -> name.replace("transformer.", "model."), name -> false);
  }

  @Test
  void theFirstNamesOfOptAreTheSameModel() throws IOException {
    assertSameModel("opt-f16", name -> name.replace("model.decoder.", "decoder."), name -> false);
  }

  private void assertSameModel(
      String family, UnaryOperator<String> names, Predicate<String> transposed) throws IOException {
    Path model = TestModels.family(family);
    SafetensorsWriter writer = new SafetensorsWriter();
    for (SafetensorsFile file : ModelDirectory.open(model).weightFiles()) {
      for (StoredTensor tensor : file.tensors().values()) {
        float[] values = widened(file, tensor);
        TensorShape shape = tensor.shape();
        if (transposed.test(tensor.name())) {
          int rows = Math.toIntExact(shape.rows());
          int columns = Math.toIntExact(shape.rowElements());
          values = transpose(values, rows, columns);
          shape = TensorShape.of(columns, rows);
        }
        writer.floats(names.apply(tensor.name()), shape, values);
      }
    }
    copyAllButWeights(model);
    writer.write(directory.resolve("model.safetensors"));
    assertThat(states(directory, model)).isEqualTo(states(model, model));
  }

  private static float[] transpose(float[] values, int rows, int columns) {
    float[] transposed = new float[values.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        transposed[column * rows + row] = values[row * columns + column];
      }
    }
    return transposed;
  }

  /** A tensor that holds q, k and v of every head, quantised as MLX does. */
  @Test
  void rowsOfAQuantizedTensorAreThoseOfItsValues() throws IOException {
    Path model = TestModels.family("neox-sequential-f32");
    Path quantized = Files.createDirectory(directory.resolve("quantized"));
    Path plain = Files.createDirectory(directory.resolve("plain"));
    SafetensorsWriter writer = new SafetensorsWriter();
    SafetensorsWriter plainWriter = new SafetensorsWriter();
    for (SafetensorsFile file : ModelDirectory.open(model).weightFiles()) {
      for (StoredTensor tensor : file.tensors().values()) {
        if (!tensor.name().endsWith("query_key_value.weight")) {
          writer.floats(tensor.name(), tensor.shape(), widened(file, tensor));
          plainWriter.floats(tensor.name(), tensor.shape(), widened(file, tensor));
          continue;
        }
        String module = tensor.name().replace(".weight", "");
        int rows = Math.toIntExact(tensor.shape().rows());
        int[] packed = new int[rows * GROUP / Integer.BYTES]; // 8 bits
        float[] scales = new float[rows];
        float[] biases = new float[rows];
        Arrays.setAll(packed, i -> i * 0x9E3779B9);
        for (int row = 0; row < rows; row++) {
          scales[row] = 0.002f + row * 1e-5f;
          biases[row] = -0.25f;
        }
        TensorShape groups = TensorShape.of(rows, 1);
        TensorShape words = TensorShape.of(rows, GROUP / Integer.BYTES);
        writer.ints(module + ".weight", "U32", words, packed);
        writer.floats(module + ".scales", groups, scales);
        writer.floats(module + ".biases", groups, biases);
        float[] values = new float[rows * GROUP];
        for (int i = 0; i < values.length; i++) {
          int shift = Byte.SIZE * (i % Integer.BYTES);
          int level = packed[i / Integer.BYTES] >>> shift & 0xFF;
          values[i] = scales[i / GROUP] * level + biases[i / GROUP];
        }
        plainWriter.floats(tensor.name(), tensor.shape(), values);
      }
    }
    for (Path copy : List.of(quantized, plain)) {
      copyAllButWeights(model, copy);
    }
    ObjectMapper json = new ObjectMapper();
    Path config = quantized.resolve("config.json");
    JsonNode keys = json.readTree(config.toFile());
    ((ObjectNode) keys).putObject("quantization").put("bits", 8).put("group_size", GROUP);
    json.writeValue(config.toFile(), keys);
    writer.write(quantized.resolve("model.safetensors"));
    plainWriter.write(plain.resolve("model.safetensors"));
    assertThat(states(quantized, model)).isEqualTo(states(plain, model));
  }

  private void copyAllButWeights(Path model) throws IOException {
    copyAllButWeights(model, directory);
  }

  private static void copyAllButWeights(Path model, Path target) throws IOException {
    for (String name : List.of("config.json", "tokenizer.json", "tokenizer_config.json")) {
      Files.copy(model.resolve(name), target.resolve(name));
    }
  }

  /** What the unembedding reads, and all logits, of a golden prompt. */
  private static Map<String, List<Float>> states(Path directory, Path goldens) throws IOException {
    long[] ids = ids(golden(goldens).at("/prompts/p12/ids")).stream().mapToLong(i -> i).toArray();
    try (LoadedModel model = TestModels.load(directory);
        NDManager manager = model.newManager()) {
      var last =
          model
              .transformer()
              .forward(
                  manager,
                  manager.create(ids),
                  new WholeSequences(model.transformer().tables(manager, ids.length)),
                  Hooks.NONE);
      return Map.of(
          "state", boxed(last.toFloatArray()),
          "logits", boxed(model.transformer().logits(last).toFloatArray()));
    }
  }

  private static List<Float> boxed(float[] values) {
    Float[] boxed = new Float[values.length];
    Arrays.setAll(boxed, i -> values[i]);
    return List.of(boxed);
  }

  private static JsonNode golden(Path model) throws IOException {
    return new ObjectMapper().readTree(model.resolve("golden.json").toFile());
  }

  private static List<Integer> ids(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asInt).toList();
  }
}
