package org.patchgrid.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes safetensors files for tests, whole or broken on purpose. */
public final class SafetensorsWriter {
  private final List<String> entries = new ArrayList<>();
  private ByteBuffer data = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);

  public SafetensorsWriter floats(String name, TensorShape shape, float... values) {
    int start = data.position();
    for (float value : values) {
      data.putFloat(value);
    }
    return entry(name, "F32", shape.toString(), start, data.position());
  }

  /** Two bytes an element: F16 or BF16 bits. */
  public SafetensorsWriter shorts(String name, String type, TensorShape shape, int... values) {
    int start = data.position();
    for (int value : values) {
      data.putShort((short) value);
    }
    return entry(name, type, shape.toString(), start, data.position());
  }

  public SafetensorsWriter ints(String name, String type, TensorShape shape, int... values) {
    int start = data.position();
    for (int value : values) {
      data.putInt(value);
    }
    return entry(name, type, shape.toString(), start, data.position());
  }

  private SafetensorsWriter entry(String name, String type, String shape, long start, long end) {
    entries.add(
        "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
            .formatted(name, type, shape, start, end));
    return this;
  }

  /** A whole file, its header padded to eight bytes as the usual tools do. */
  public Path write(Path path) throws IOException {
    byte[] bytes = new byte[data.position()];
    data.flip().get(bytes);
    data = ByteBuffer.allocate(0);
    String header = "{" + String.join(",", entries) + "}";
    return write(path, header + " ".repeat(Math.floorMod(-header.length(), 8)), bytes);
  }

  /** Any text as header, with its true length, and any bytes after it. */
  static Path write(Path path, String header, byte... data) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return write(path, text.length, text, data);
  }

  static Path write(Path path, long headerLength, byte[] header, byte... data) throws IOException {
    ByteBuffer file =
        ByteBuffer.allocate(8 + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(headerLength).put(header).put(data);
    return Files.write(path, file.array());
  }
}
