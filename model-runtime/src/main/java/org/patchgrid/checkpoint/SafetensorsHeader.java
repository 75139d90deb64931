package org.patchgrid.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.patchgrid.study.Limit;
import org.patchgrid.study.PatchgridException;

/**
 * Reads and checks the header of a safetensors file: 8 bytes of length, little-endian, and a JSON
 * object of that length. The tensors must cover the rest of the file exactly, without holes and
 * without overlaps, so that a file which passes is whole.
 */
record SafetensorsHeader(Path path) {
  private static final int LENGTH_BYTES = 8;
  private static final long LONGEST_ARRAY = Integer.MAX_VALUE - 8;
  private static final String METADATA = "__metadata__";
  private static final String GIT_LFS_POINTER = "version https://git-lfs";

  private static final JsonMapper JSON = BoundedJson.mapper().build();

  /** Where the tensors begin in the file, and the tensors in the order of their bytes. */
  record Contents(long dataStart, List<StoredTensor> tensors) {}

  static Contents read(Path path) {
    FileErrors.requireFile(path);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return new SafetensorsHeader(path).read(channel);
    } catch (IOException e) {
      throw FileErrors.cannotRead(path, e);
    }
  }

  private Contents read(FileChannel channel) throws IOException {
    long fileBytes = channel.size();
    if (fileBytes < LENGTH_BYTES) {
      throw broken("it has %d bytes and a safetensors file at least 8".formatted(fileBytes));
    }
    ByteBuffer first = bytes(channel, 0, (int) Math.min(fileBytes, GIT_LFS_POINTER.length()));
    if (StandardCharsets.ISO_8859_1.decode(first.duplicate()).toString().equals(GIT_LFS_POINTER)) {
      throw new PatchgridException(
          "%s is a Git LFS pointer and not the weights: run `git lfs pull` in its directory"
              .formatted(path));
    }
    long headerBytes = first.order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    long longest = Math.min(Limit.HEADER_BYTES.value(), LONGEST_ARRAY);
    if (headerBytes < 0 || headerBytes > longest) {
      throw broken(
          "its header claims %s bytes, and at most %d are allowed; it may not be a safetensors file"
              .formatted(Long.toUnsignedString(headerBytes), longest));
    }
    long dataStart = LENGTH_BYTES + headerBytes;
    if (dataStart > fileBytes) {
      throw broken(
          "it is truncated: expected at least %d bytes (its header alone), found %d"
              .formatted(dataStart, fileBytes));
    }
    JsonNode header = parse(bytes(channel, LENGTH_BYTES, (int) headerBytes).array());
    List<StoredTensor> tensors = tensors(header);
    checkCoverage(tensors, dataStart, fileBytes);
    return new Contents(dataStart, tensors);
  }

  private ByteBuffer bytes(FileChannel channel, long position, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw broken("it became shorter while it was read");
      }
    }
    return buffer.flip();
  }

  private JsonNode parse(byte[] text) throws IOException {
    if (text.length == 0 || text[0] != '{') {
      throw broken("its header is not a JSON object");
    }
    try {
      // Jackson would take other encodings, and half a surrogate pair.
      return JSON.readTree(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString());
    } catch (CharacterCodingException e) {
      throw broken("its header is not UTF-8 text");
    } catch (JsonProcessingException e) {
      throw broken("its header is not valid JSON: " + FileErrors.reason(e));
    }
  }

  private List<StoredTensor> tensors(JsonNode header) {
    if (header.size() > Limit.TENSORS.value()) {
      throw new PatchgridException(
          "Cannot use %s: it lists %d tensors, and %s"
              .formatted(path, header.size(), Limit.TENSORS.remedy()));
    }
    List<StoredTensor> tensors = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      if (entry.getKey().equals(METADATA)) {
        checkMetadata(entry.getValue());
      } else {
        tensors.add(tensor(entry.getKey(), entry.getValue()));
      }
    }
    tensors.sort(Comparator.comparingLong(StoredTensor::start).thenComparing(StoredTensor::end));
    return List.copyOf(tensors);
  }

  private void checkMetadata(JsonNode metadata) {
    boolean allTexts =
        metadata.isObject()
            && metadata.properties().stream().allMatch(entry -> entry.getValue().isTextual());
    if (!allTexts) {
      throw broken("its %s is not an object of texts".formatted(METADATA));
    }
  }

  private StoredTensor tensor(String name, JsonNode entry) {
    if (!entry.isObject()) {
      throw broken(name, "its entry is not a JSON object");
    }
    String typeName = entry.path("dtype").asText();
    ElementType type =
        ElementType.named(typeName)
            .orElseThrow(() -> broken(name, "its dtype '%s' is unknown".formatted(typeName)));
    TensorShape shape = shape(name, entry.path("shape"));
    List<Long> offsets = wholeNumbers(name, "data_offsets", entry.path("data_offsets"));
    if (offsets.size() != 2 || offsets.get(0) < 0 || offsets.get(0) > offsets.get(1)) {
      throw broken(name, "its data_offsets %s are not a start and an end".formatted(offsets));
    }
    StoredTensor tensor = new StoredTensor(name, type, shape, offsets.get(0), offsets.get(1));
    checkSize(tensor);
    return tensor;
  }

  private TensorShape shape(String name, JsonNode sizes) {
    try {
      return new TensorShape(wholeNumbers(name, "shape", sizes));
    } catch (IllegalArgumentException e) {
      throw broken(name, String.valueOf(e.getMessage()));
    }
  }

  private List<Long> wholeNumbers(String name, String key, JsonNode array) {
    if (!array.isArray()) {
      throw broken(name, "it has no list '%s'".formatted(key));
    }
    List<Long> numbers = new ArrayList<>();
    for (JsonNode number : array) {
      if (!number.isIntegralNumber() || !number.canConvertToLong()) {
        throw broken(name, "its %s %s is not a list of whole numbers".formatted(key, array));
      }
      numbers.add(number.longValue());
    }
    return numbers;
  }

  private void checkSize(StoredTensor tensor) {
    if (!product(tensor.shape().elements(), tensor.type().bits())
        .equals(product(tensor.bytes(), Byte.SIZE))) {
      throw broken(
          tensor.name(),
          "its data_offsets hold %d bytes, which is not the size of %s of shape %s"
              .formatted(tensor.bytes(), tensor.type(), tensor.shape()));
    }
  }

  /** Of numbers of strangers, which may be too large for a long. */
  private static BigInteger product(long number, long times) {
    return BigInteger.valueOf(number).multiply(BigInteger.valueOf(times));
  }

  private void checkCoverage(List<StoredTensor> tensors, long dataStart, long fileBytes) {
    long covered = 0;
    String previous = "the header";
    for (StoredTensor tensor : tensors) {
      if (tensor.start() < covered) {
        throw broken(tensor.name(), "it overlaps %s".formatted(previous));
      }
      if (tensor.start() > covered) {
        throw broken(
            tensor.name(),
            "there is a hole of %d bytes between %s and it"
                .formatted(tensor.start() - covered, previous));
      }
      covered = tensor.end();
      previous = "tensor '" + tensor.name() + "'";
    }
    long dataBytes = fileBytes - dataStart;
    if (covered != dataBytes) {
      throw broken(
          "%s: expected %s bytes by its header, found %d"
              .formatted(
                  covered > dataBytes ? "it is truncated" : "it is too long",
                  Long.toUnsignedString(dataStart + covered),
                  fileBytes));
    }
  }

  private PatchgridException broken(String tensor, String why) {
    return broken("tensor '%s': %s".formatted(tensor, why));
  }

  private PatchgridException broken(String why) {
    return new PatchgridException(
        "Cannot use %s: %s; download the file again".formatted(path, why));
  }
}
