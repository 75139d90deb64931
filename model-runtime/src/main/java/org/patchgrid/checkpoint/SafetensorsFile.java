package org.patchgrid.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.patchgrid.study.PatchgridException;

/**
 * A safetensors file of any size whose header has been checked against the file's length. Bytes are
 * mapped on demand and stay mapped while their buffers are reachable; there is nothing to close.
 * The file must not be cut short meanwhile. Safe for use by several threads.
 */
public final class SafetensorsFile {
  private final Path path;
  private final long dataStart;
  private final Map<String, StoredTensor> tensors;

  private SafetensorsFile(Path path, SafetensorsHeader.Contents contents) {
    this.path = path;
    this.dataStart = contents.dataStart();
    Map<String, StoredTensor> byName = new LinkedHashMap<>();
    contents.tensors().forEach(tensor -> byName.put(tensor.name(), tensor));
    this.tensors = Collections.unmodifiableMap(byName);
  }

  /**
   * Reads the header.
   *
   * @throws PatchgridException for a file that is missing, is no safetensors file or is not whole
   */
  public static SafetensorsFile open(Path path) {
    return new SafetensorsFile(path, SafetensorsHeader.read(path));
  }

  public Path path() {
    return path;
  }

  /** Every tensor by name, in the order of their bytes. */
  public Map<String, StoredTensor> tensors() {
    return tensors;
  }

  public Optional<StoredTensor> tensor(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /**
   * Maps part of a tensor, read-only and little-endian, as a direct buffer of its own (position 0).
   *
   * @param offset first byte, counted from the tensor's start
   * @param length below 2 GiB: larger tensors are mapped in parts
   */
  public ByteBuffer map(StoredTensor tensor, long offset, int length) {
    if (offset < 0 || length < 0 || length > tensor.bytes() - offset) {
      throw new IllegalArgumentException(
          "Tensor '%s' has %d bytes, not %d from %d"
              .formatted(tensor.name(), tensor.bytes(), length, offset));
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return channel
          .map(FileChannel.MapMode.READ_ONLY, position(tensor) + offset, length)
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw FileErrors.cannotRead(path, e);
    }
  }

  /** The tensor's first byte, counted from the start of the file. */
  long position(StoredTensor tensor) {
    return dataStart + tensor.start();
  }

  /**
   * The elements of an F64 tensor, as reference values are stored, rows first.
   *
   * @throws PatchgridException when the file has no such tensor, or has it in another type
   */
  public double[] doubles(String name) {
    StoredTensor tensor =
        tensor(name)
            .orElseThrow(
                () -> new PatchgridException("%s has no tensor '%s'".formatted(path, name)));
    if (tensor.type() != ElementType.F64) {
      throw new PatchgridException(
          "%s: tensor '%s' is %s and not F64".formatted(path, name, tensor.type()));
    }
    double[] values = new double[Math.toIntExact(tensor.shape().elements())];
    map(tensor, 0, Math.toIntExact(tensor.bytes())).asDoubleBuffer().get(values);
    return values;
  }
}
