package org.patchgrid.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
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
 * read on demand; there is nothing to close. Safe for use by several threads.
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
   * Reads part of a tensor, as stored, into all that remains of {@code target}. Files are read and
   * not mapped: a mapping would stay in memory until Java's collector finds it.
   *
   * @param offset first byte, counted from the tensor's start
   */
  public void read(StoredTensor tensor, long offset, ByteBuffer target) {
    if (offset < 0 || target.remaining() > tensor.bytes() - offset) {
      throw new IllegalArgumentException(
          "Tensor '%s' has %d bytes, not %d from %d"
              .formatted(tensor.name(), tensor.bytes(), target.remaining(), offset));
    }
    long position = dataStart + tensor.start() + offset;
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      while (target.hasRemaining()) {
        int count = channel.read(target, position);
        if (count < 0) {
          throw new EOFException(
              "it ends at byte " + position + ", before tensor " + tensor.name());
        }
        position += count;
      }
    } catch (IOException e) {
      throw FileErrors.cannotRead(path, e);
    }
  }
}
