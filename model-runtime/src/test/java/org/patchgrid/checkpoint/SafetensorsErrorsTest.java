package org.patchgrid.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchgrid.study.PatchgridException;

/**
 * The 14 errors of the safetensors project ({@code SafeTensorError} in its {@code tensor.rs},
 * 000a16f), a test each under its name: what makes the reference implementation refuse a file makes
 * ours refuse it too.
 */
class SafetensorsErrorsTest {
  private static final String WHOLE =
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";

  private final Path directory;
  private final Path path;

  SafetensorsErrorsTest(@TempDir Path directory) {
    this.directory = directory;
    this.path = directory.resolve("model.safetensors");
  }

  private void assertRefused(String why) {
    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .isInstanceOf(PatchgridException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining(why);
  }

  @Test
  void invalidHeader() throws IOException {
    byte[] header = WHOLE.getBytes(StandardCharsets.UTF_8);
    header[2] = (byte) 0xff;
    SafetensorsWriter.write(path, header.length, header, new byte[4]);
    assertRefused("its header is not UTF-8 text");
    // Half of a surrogate pair as three bytes, which lenient readers take.
    byte[] surrogate = "{\"\u00e9x\":1}".getBytes(StandardCharsets.UTF_8);
    surrogate[2] = (byte) 0xed;
    surrogate[3] = (byte) 0xa0;
    surrogate[4] = (byte) 0x80;
    SafetensorsWriter.write(path, surrogate.length, surrogate);
    assertRefused("its header is not UTF-8 text");
  }

  /** JSON in another encoding is JSON, and no safetensors header. */
  @Test
  void invalidHeaderInUtf16() throws IOException {
    byte[] header = WHOLE.getBytes(StandardCharsets.UTF_16LE);
    SafetensorsWriter.write(path, header.length, header, new byte[4]);
    assertRefused("its header is not valid JSON");
  }

  @Test
  void invalidHeaderStart() throws IOException {
    for (String start : new String[] {" ", "[", "\n", "\ufeff"}) {
      SafetensorsWriter.write(path, start + WHOLE, new byte[4]);
      assertRefused("its header is not a JSON object");
    }
  }

  @Test
  void invalidHeaderDeserialization() throws IOException {
    SafetensorsWriter.write(path, "{\"a\":{\"dtype\":\"F32\",", new byte[4]);
    assertRefused("its header is not valid JSON");
    SafetensorsWriter.write(path, "{\"__metadata__\":{\"format\":1}}");
    assertRefused("its __metadata__ is not an object of texts");
    SafetensorsWriter.write(path, "{\"__metadata__\":[]}");
    assertRefused("its __metadata__ is not an object of texts");
  }

  @Test
  void headerTooLarge() throws IOException {
    SafetensorsWriter.write(path, 100_000_001, WHOLE.getBytes(StandardCharsets.UTF_8));
    assertRefused("its header claims 100000001 bytes, and at most 100000000 are allowed");
    SafetensorsWriter.write(path, 100_000_000, WHOLE.getBytes(StandardCharsets.UTF_8));
    assertRefused("it is truncated: expected at least 100000008 bytes (its header alone)");
  }

  @Test
  void headerTooSmall() throws IOException {
    Files.write(path, new byte[7]);
    assertRefused("it has 7 bytes and a safetensors file at least 8");
  }

  @Test
  void invalidHeaderLength() throws IOException {
    SafetensorsWriter.write(path, 1000, WHOLE.getBytes(StandardCharsets.UTF_8));
    assertRefused("it is truncated: expected at least 1008 bytes (its header alone)");
  }

  @Test
  void tensorNotFound() throws IOException {
    SafetensorsWriter.write(path, WHOLE, new byte[4]);
    Files.writeString(directory.resolve("config.json"), "{}");
    CheckpointReader reader = new CheckpointReader(ModelDirectory.open(directory));
    assertThat(SafetensorsFile.open(path).tensor("b")).isEmpty();
    assertThatThrownBy(() -> reader.tensor("b", 1))
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith(path + " has no tensor 'b' (expected shape [1])");
  }

  @Test
  void tensorInvalidInfo() throws IOException {
    SafetensorsWriter.write(path, WHOLE.replace("F32", "F64"), new byte[4]);
    assertRefused("its data_offsets hold 4 bytes, which is not the size of F64 of shape [1]");
  }

  @Test
  void invalidOffset() throws IOException {
    SafetensorsWriter.write(path, WHOLE.replace("[0,4]", "[4,0]"), new byte[4]);
    assertRefused("its data_offsets [4, 0] are not a start and an end");
    SafetensorsWriter.write(path, WHOLE.replace("[0,4]", "[4,8]"), new byte[8]);
    assertRefused("there is a hole of 4 bytes between the header and it");
    SafetensorsWriter.write(
        path,
        WHOLE.replace("}}", "},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}}"),
        new byte[6]);
    assertRefused("tensor 'b': it overlaps tensor 'a'");
  }

  @Test
  void ioError() throws IOException {
    assertRefused("there is no such file or directory");
    Files.createDirectory(path);
    assertRefused("it is not a file");
  }

  @Test
  void jsonError() throws IOException {
    SafetensorsWriter.write(path, WHOLE + WHOLE, new byte[4]);
    assertRefused("its header is not valid JSON");
    SafetensorsWriter.write(path, WHOLE.replace("[0,4]", "[0,4e999]"), new byte[4]);
    assertRefused("its data_offsets");
  }

  @Test
  void invalidTensorView() throws IOException {
    SafetensorsWriter.write(path, WHOLE, new byte[4]);
    SafetensorsFile file = SafetensorsFile.open(path);
    StoredTensor tensor = file.tensor("a").orElseThrow();
    assertThatThrownBy(() -> file.read(tensor, 0, ByteBuffer.allocate(8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Tensor 'a' has 4 bytes, not 8 from 0");
  }

  @Test
  void metadataIncompleteBuffer() throws IOException {
    SafetensorsWriter.write(path, WHOLE, new byte[3]);
    assertRefused("it is truncated: expected 66 bytes by its header, found 65");
    SafetensorsWriter.write(path, WHOLE, new byte[5]);
    assertRefused("it is too long: expected 66 bytes by its header, found 67");
  }

  @Test
  void validationOverflow() throws IOException {
    SafetensorsWriter.write(path, WHOLE.replace("[1]", "[4294967296,4294967296,0]"), new byte[4]);
    assertRefused("has more elements than a long can count");
    SafetensorsWriter.write(path, WHOLE.replace("[1]", "[9223372036854775807]"), new byte[4]);
    assertRefused("which is not the size of F32 of shape [9223372036854775807]");
  }
}
