package org.patchgrid.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.util.passthrough.PassthroughNDManager;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.patchgrid.checkpoint.ConfigFile;
import org.patchgrid.checkpoint.TensorShape;
import org.patchgrid.family.ModelFamilies;
import org.patchgrid.family.ModelFamily;
import org.patchgrid.family.TensorLoader;
import org.patchgrid.family.TensorRows;
import org.patchgrid.kernel.Linear;

/**
 * Writes a checkpoint of any family and any size as Hugging Face would publish it, in BF16, with
 * random weights: which tensors it has is asked of the family.
 */
public final class RandomCheckpoint {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final short ONE = 0x3F80;

  /** Bits of 2^-9: exponents from there on, four of them. */
  private static final int LEAST_EXPONENT = 118 << 7;

  private RandomCheckpoint() {}

  /**
   * Writes it.
   *
   * @param like a model of the family, whose configuration and tokenizer are taken
   * @param sizes keys of config.json and their values, instead of those there
   * @param shards files of weights
   */
  public static Path write(Path directory, Path like, Map<String, ?> sizes, int shards)
      throws IOException {
    Files.createDirectories(directory);
    ObjectNode config = (ObjectNode) JSON.readTree(like.resolve("config.json").toFile());
    sizes.forEach((key, value) -> config.set(key, JSON.valueToTree(value)));
    JSON.writeValue(directory.resolve("config.json").toFile(), config);
    for (String name : List.of("tokenizer.json", "tokenizer_config.json")) {
      Files.copy(like.resolve(name), directory.resolve(name));
    }
    Map<String, TensorShape> tensors = tensors(directory);
    ObjectNode index = JSON.createObjectNode();
    ObjectNode map = index.putObject("weight_map");
    long all = tensors.values().stream().mapToLong(RandomCheckpoint::bytes).sum();
    List<Map<String, TensorShape>> parts = new ArrayList<>();
    long written = 0;
    for (Map.Entry<String, TensorShape> tensor : tensors.entrySet()) {
      if (parts.size() <= written * shards / all) {
        parts.add(new LinkedHashMap<>());
      }
      parts.get(parts.size() - 1).put(tensor.getKey(), tensor.getValue());
      written += bytes(tensor.getValue());
    }
    SplittableRandom random = new SplittableRandom(7);
    for (int part = 0; part < parts.size(); part++) {
      String name = "model-%05d-of-%05d.safetensors".formatted(part + 1, parts.size());
      parts.get(part).keySet().forEach(tensor -> map.put(tensor, name));
      write(directory.resolve(name), parts.get(part), random);
    }
    JSON.writeValue(directory.resolve("model.safetensors.index.json").toFile(), index);
    return directory;
  }

  private static Map<String, TensorShape> tensors(Path directory) {
    ConfigFile config = ConfigFile.read(directory.resolve("config.json"));
    ModelFamily family = ModelFamilies.of(config);
    Recorder recorder = new Recorder();
    family.weights(family.config("random", config), recorder);
    return recorder.shapes;
  }

  private static long bytes(TensorShape shape) {
    return Short.BYTES * shape.elements();
  }

  private static void write(Path file, Map<String, TensorShape> tensors, SplittableRandom random)
      throws IOException {
    ObjectNode header = JSON.createObjectNode();
    long end = 0;
    for (Map.Entry<String, TensorShape> tensor : tensors.entrySet()) {
      ObjectNode entry = header.putObject(tensor.getKey()).put("dtype", "BF16");
      tensor.getValue().sizes().forEach(entry.putArray("shape")::add);
      entry.putArray("data_offsets").add(end).add(end + bytes(tensor.getValue()));
      end += bytes(tensor.getValue());
    }
    byte[] text = JSON.writeValueAsBytes(header);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      out.write(length.putLong(text.length).array());
      out.write(text);
      for (TensorShape shape : tensors.values()) {
        write(out, shape, random);
      }
    }
  }

  /** Vectors are norms and biases: about one. */
  private static void write(OutputStream out, TensorShape shape, SplittableRandom random)
      throws IOException {
    boolean vector = shape.rank() == 1;
    ByteBuffer row =
        ByteBuffer.allocate(Math.toIntExact(Short.BYTES * shape.rowElements()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (long i = 0; i < shape.rows(); i++) {
      row.clear();
      while (row.hasRemaining()) {
        int bits = random.nextInt();
        row.putShort(
            vector
                ? (short) (ONE + (bits & 0x1F))
                : (short) ((bits & 0x8000) | (LEAST_EXPONENT + (bits & 0x1FF))));
      }
      out.write(row.array());
    }
  }

  /** Takes down what a family asks for; has none of it. */
  private static final class Recorder implements TensorLoader {
    private final Map<String, TensorShape> shapes = new LinkedHashMap<>();

    @Override
    public boolean has(String name) {
      return false;
    }

    @Override
    public NDArray tensor(String name, long... shape) {
      shapes.put(name, TensorShape.of(shape));
      return PassthroughNDManager.INSTANCE.create(shapes);
    }

    @Override
    public List<Long> shape(String name) {
      return List.of();
    }

    @Override
    public NDArray tensor(TensorRows rows) {
      return tensor(rows.tensor(), rows.shape().stream().mapToLong(Long::longValue).toArray());
    }

    @Override
    public NDArray onePlus(String name, long... shape) {
      return tensor(name, shape);
    }

    @Override
    public boolean sameValues(String first, String second) {
      return false;
    }

    @Override
    public Linear linear(NDArray weight, Optional<NDArray> bias) {
      return x -> x;
    }

    @Override
    public Linear linearOfShared(NDArray weight) {
      return x -> x;
    }
  }
}
