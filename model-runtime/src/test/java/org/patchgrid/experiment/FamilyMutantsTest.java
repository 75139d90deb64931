package org.patchgrid.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.patchgrid.checkpoint.CheckpointReader;
import org.patchgrid.checkpoint.ModelDirectory;
import org.patchgrid.checkpoint.SafetensorsFile;
import org.patchgrid.checkpoint.StoredTensor;
import org.patchgrid.checkpoint.StoredValues;
import org.patchgrid.hook.Hooks;
import org.patchgrid.transformer.WholeSequences;

/**
 * Every mistake of {@code family-goldens/mutants.csv} would be seen by {@link HookGoldensTest}:
 * made on purpose, it moves the logits of the golden prompt as far as it does in Hugging Face
 * transformers.
 */
class FamilyMutantsTest {
  private static final String STALE = "stored (stale) inv_freq used";

  private static final Pattern NORM = Pattern.compile(".*(norm|ln_[12f]).*weight");
  private static final Pattern QUERY_KEY_NORM = Pattern.compile(".*[qk]_norm.weight");
  private static final Pattern BIAS = Pattern.compile(".*bias");

  private final ObjectMapper json = new ObjectMapper();
  private final Path directory;

  FamilyMutantsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  /**
   * One line.
   *
   * @param change the largest change of a logit
   */
  record Mutant(String family, String what, double change) {}

  static List<Mutant> mutants() throws IOException {
    try (InputStream file =
        Objects.requireNonNull(
            FamilyMutantsTest.class.getResourceAsStream("/family-goldens/mutants.csv"))) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .skip(1)
          .map(line -> line.split(",", -1))
          .map(values -> new Mutant(values[0], values[1], Double.parseDouble(values[2])))
          .filter(mutant -> !mutant.what().equals(STALE)) // a test of its own
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void aMistakeMovesTheLogits(Mutant mutant) throws IOException {
    Path original = TestModels.family(mutant.family());
    copy(original);
    mutate(mutant);
    double change = largestChange(original);
    assertThat(change).isCloseTo(mutant.change(), within(0.01 * mutant.change() + 5e-5));
    double tolerance = 1e-4 * largest(logits(original));
    assertThat(change).as("more than goldens allow").isGreaterThan(tolerance);
  }

  /** What is stored is not what follows from the configuration, and the goldens follow that. */
  @Test
  void staleFrequenciesWouldBeSeen() {
    ModelDirectory model = ModelDirectory.open(TestModels.family("neox-parallel-f16"));
    String name = "gpt_neox.layers.0.attention.rotary_emb.inv_freq";
    float[] stored = StoredValues.floats(new CheckpointReader(model).tensor(name, 2));
    assertThat((double) stored[1]).isNotCloseTo(1 / Math.sqrt(10_000), within(1e-3));
  }

  private void copy(Path original) throws IOException {
    try (var files = Files.list(original)) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(String.valueOf(file.getFileName())));
      }
    }
  }

  private void mutate(Mutant mutant) throws IOException {
    ObjectNode config = (ObjectNode) json.readTree(directory.resolve("config.json").toFile());
    String what = mutant.what();
    int space = what.indexOf(' ');
    String key = what.substring(0, space);
    String rest = what.substring(space + 1);
    boolean gemma = mutant.family().startsWith("gemma");
    switch (what) {
      case "rope_theta x 3" -> multiplyTheta(config);
      case "rope scaling ignored" -> config.remove("rope_scaling");
      case "one rope base for all layers" ->
          config.set("rope_local_base_freq", config.get("rope_theta"));
      case "partial rotary ignored" -> setPart(config);
      case "window ignored" -> config.put("sliding_window", 1000);
      case "window off by one" ->
          config.put("sliding_window", config.get("sliding_window").asInt() + 1);
      case "layer pattern shifted" -> shiftPattern(config);
      case "biases dropped" -> fill(BIAS, 0);
      case "norm weights dropped" -> fill(NORM, gemma ? 0 : 1);
      case "qk-norm weights dropped" -> fill(QUERY_KEY_NORM, gemma ? 0 : 1);
      case "query_pre_attn_scalar ignored" -> config.set(key, config.get("head_dim"));
      default -> {
        switch (rest) {
          case "ignored" -> config.putNull(key);
          case "flipped" -> config.put(key, !config.get(key).asBoolean());
          case "1e-6" -> config.put(key, 1e-6);
          default -> {
            String holder =
                Stream.of("hidden_activation", "activation_function", "hidden_act")
                    .filter(config::has)
                    .findFirst()
                    .orElseThrow();
            config.put(holder, otherActivation(key));
          }
        }
      }
    }
    json.writeValue(directory.resolve("config.json").toFile(), config);
  }

  private static void multiplyTheta(ObjectNode config) {
    ObjectNode holder =
        config.get("rope_parameters") instanceof ObjectNode parameters ? parameters : config;
    String key = holder.has("rope_theta") ? "rope_theta" : "rotary_emb_base";
    holder.put(key, 3 * holder.get(key).asDouble());
  }

  private static void setPart(ObjectNode config) {
    if (config.get("rope_parameters") instanceof ObjectNode parameters) {
      parameters.put("partial_rotary_factor", 1.0);
    } else {
      config.put("rotary_pct", 1.0);
    }
  }

  private void shiftPattern(ObjectNode config) throws IOException {
    JsonNode types = json.readTree(directory.resolve("golden.json").toFile()).get("layer_types");
    ArrayNode shifted = config.putArray("layer_types");
    for (int layer = 0; layer < types.size(); layer++) {
      shifted.add(types.get((layer + 1) % types.size()));
    }
  }

  private static String otherActivation(String activation) {
    return activation.equals("gelu") ? "gelu_new" : "gelu";
  }

  /** Overwrites the vectors of those names. */
  private void fill(Pattern names, float value) throws IOException {
    try (var files = Files.list(directory)) {
      for (Path path :
          files.filter(file -> file.toString().matches(".*model[^/]*\\.safetensors")).toList()) {
        byte[] content = Files.readAllBytes(path);
        ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        long dataStart = Long.BYTES + bytes.getLong(0);
        SafetensorsFile.open(path).tensors().values().stream()
            .filter(tensor -> names.matcher(tensor.name()).matches() && tensor.shape().rank() == 1)
            .forEach(fill(bytes, dataStart, value));
        Files.write(path, content);
      }
    }
  }

  private static Consumer<StoredTensor> fill(ByteBuffer bytes, long dataStart, float value) {
    return tensor -> {
      for (long at = tensor.start(); at < tensor.end(); at += tensor.type().bits() / Byte.SIZE) {
        int place = Math.toIntExact(dataStart + at);
        switch (tensor.type()) {
          case F32 -> bytes.putFloat(place, value);
          case F16 -> bytes.putShort(place, (short) (value == 0 ? 0 : 0x3C00));
          case BF16 -> bytes.putShort(place, (short) (Float.floatToIntBits(value) >>> Short.SIZE));
          default -> throw new IllegalStateException(tensor.toString());
        }
      }
    };
  }

  private double largestChange(Path original) throws IOException {
    long[] ids = ids(original);
    double[] expected = logits(original);
    double change = 0;
    try (LoadedModel model = TestModels.load(directory);
        NDManager manager = model.newManager()) {
      int vocabulary = model.structure().vocabularySize();
      for (int length = 1; length <= ids.length; length++) {
        long[] begin = new long[length];
        System.arraycopy(ids, 0, begin, 0, length);
        float[] actual =
            model
                .transformer()
                .logits(
                    model
                        .transformer()
                        .forward(
                            manager,
                            manager.create(begin),
                            new WholeSequences(model.transformer().tables(manager, length)),
                            Hooks.NONE))
                .toFloatArray();
        for (int i = 0; i < vocabulary; i++) {
          double difference = actual[i] - expected[(length - 1) * vocabulary + i];
          change = Math.max(change, Math.abs(difference));
        }
      }
    }
    return change;
  }

  private static double[] logits(Path original) {
    return StoredValues.doubles(
        SafetensorsFile.open(original.resolve("golden.safetensors")), "logits.p12");
  }

  private static double largest(double[] values) {
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private long[] ids(Path original) throws IOException {
    JsonNode ids = json.readTree(original.resolve("golden.json").toFile()).at("/prompts/p12/ids");
    return StreamSupport.stream(ids.spliterator(), false).mapToLong(JsonNode::asLong).toArray();
  }
}
