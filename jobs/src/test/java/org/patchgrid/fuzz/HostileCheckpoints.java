package org.patchgrid.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.patchgrid.checkpoint.CheckpointReader;
import org.patchgrid.checkpoint.ModelDirectory;
import org.patchgrid.checkpoint.SafetensorsWriter;
import org.patchgrid.checkpoint.TensorShape;

/** Small weight files, and one with a quantised matrix. */
final class HostileCheckpoints {
  private static final List<String> QUANTIZATIONS =
      List.of(
          """
          {"quantization":{"group_size":32,"bits":4}}""",
          """
          {"quantization_config":{"group_size":64,"bits":8,"mode":"affine","quant_method":"mlx"}}""",
          """
          {"quantization":{"group_size":64,"bits":3,"m":{"group_size":32,"bits":4},"n":false}}""");

  private HostileCheckpoints() {}

  static List<byte[]> seeds() throws IOException {
    Path directory = Files.createTempDirectory("patchgrid-seeds");
    Path file = directory.resolve("model.safetensors");
    try {
      List<byte[]> seeds = new ArrayList<>();
      new SafetensorsWriter()
          .floats("a", TensorShape.of(2, 2), 1, 2, 3, 4)
          .shorts("b", "BF16", TensorShape.of(3), 1, 2, 3)
          .ints("none", "I32", TensorShape.of(0, 7))
          .write(file);
      seeds.add(Files.readAllBytes(file));
      quantizedWeights(file);
      seeds.add(Files.readAllBytes(file));
      byte[] metadata = "\7\0\0\0\0\0\0\0{\"a\":1}".getBytes(StandardCharsets.US_ASCII);
      seeds.add(metadata);
      return seeds;
    } finally {
      Files.deleteIfExists(file);
      Files.delete(directory);
    }
  }

  static List<byte[]> quantizations() {
    return SeedFiles.texts(QUANTIZATIONS);
  }

  /** config.json beside a quantised matrix of 1 by 32, which is read. */
  static HostileFile quantized(Path scratch) throws IOException {
    quantizedWeights(scratch.resolve("model.safetensors"));
    return content -> {
      Files.write(scratch.resolve("config.json"), content);
      CheckpointReader reader = new CheckpointReader(ModelDirectory.open(scratch));
      reader.tensor("m.weight", 1, 32);
      reader.requireAllRead();
    };
  }

  private static void quantizedWeights(Path file) throws IOException {
    new SafetensorsWriter()
        .ints("m.weight", "U32", TensorShape.of(1, 4), 1, 2, 3, 4)
        .shorts("m.scales", "BF16", TensorShape.of(1, 1), 5)
        .shorts("m.biases", "BF16", TensorShape.of(1, 1), 6)
        .write(file);
  }
}
