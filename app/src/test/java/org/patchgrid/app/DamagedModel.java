package org.patchgrid.app;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A copy of the demo model, to be damaged.
 *
 * @param path of the copy
 */
record DamagedModel(Path path) {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int LENGTH_BYTES = 8;

  static DamagedModel copy(Path target) throws IOException {
    Files.createDirectory(target);
    try (Stream<Path> files = Files.list(SmallStudy.root().resolve("data/models/atlas-6l"))) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName()));
      }
    }
    return new DamagedModel(target);
  }

  /** Keeps the first half of a file. */
  DamagedModel halve(String file) throws IOException {
    byte[] content = Files.readAllBytes(path.resolve(file));
    Files.write(path.resolve(file), Arrays.copyOf(content, content.length / 2));
    return this;
  }

  /** Edits the list of the tensors, and leaves their values. */
  DamagedModel editTensors(Consumer<ObjectNode> edit) throws IOException {
    Path file = path.resolve("model.safetensors");
    ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[Math.toIntExact(content.getLong())];
    content.get(header);
    ObjectNode tensors = (ObjectNode) JSON.readTree(header);
    edit.accept(tensors);
    byte[] edited = JSON.writeValueAsBytes(tensors);
    ByteBuffer result =
        ByteBuffer.allocate(LENGTH_BYTES + edited.length + content.remaining())
            .order(ByteOrder.LITTLE_ENDIAN);
    result.putLong(edited.length).put(edited).put(content);
    Files.write(file, result.array());
    return this;
  }

  DamagedModel editConfig(Consumer<ObjectNode> edit) throws IOException {
    Path file = path.resolve("config.json");
    ObjectNode config = (ObjectNode) JSON.readTree(Files.readAllBytes(file));
    edit.accept(config);
    Files.write(file, JSON.writeValueAsBytes(config));
    return this;
  }
}
