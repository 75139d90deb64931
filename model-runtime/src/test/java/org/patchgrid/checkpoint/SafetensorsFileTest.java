package org.patchgrid.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.patchgrid.study.Limit;
import org.patchgrid.study.PatchgridException;

class SafetensorsFileTest {
  private static final Path LLAMA =
      Path.of(
          System.getProperty("patchgrid.root"),
          "model-runtime/src/test/resources/families/llama-mha-f32");

  private final Path path;

  SafetensorsFileTest(@TempDir Path directory) {
    path = directory.resolve("model.safetensors");
  }

  @Test
  void listsTensorsInTheOrderOfTheirBytes() throws IOException {
    new SafetensorsWriter()
        .shorts("z", "BF16", TensorShape.of(2, 2), 1, 2, 3, 4)
        .floats("a", TensorShape.of(1), 5)
        .floats("scalar", TensorShape.of(), 6)
        .ints("none", "I32", TensorShape.of(0, 7))
        .write(path);

    SafetensorsFile file = SafetensorsFile.open(path);

    assertThat(file.tensors().values())
        .containsExactly(
            new StoredTensor("z", ElementType.BF16, TensorShape.of(2, 2), 0, 8),
            new StoredTensor("a", ElementType.F32, TensorShape.of(1), 8, 12),
            new StoredTensor("scalar", ElementType.F32, TensorShape.of(), 12, 16),
            new StoredTensor("none", ElementType.I32, TensorShape.of(0, 7), 16, 16));
    StoredTensor z = file.tensor("z").orElseThrow();
    ByteBuffer part = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    file.read(z, 2, part);
    assertThat(part.flip().getShort()).isEqualTo((short) 2);
    assertThat(part.getShort()).isEqualTo((short) 3);
    assertThatThrownBy(() -> file.read(z, 6, ByteBuffer.allocate(4)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(file.tensor("absent")).isEmpty();
  }

  @Test
  void listsTypesOfLessThanAByte() throws IOException {
    SafetensorsWriter.write(
        path,
        "{\"a\":{\"dtype\":\"F4\",\"shape\":[2,3],\"data_offsets\":[0,3]},"
            + "\"b\":{\"dtype\":\"F6_E2M3\",\"shape\":[4],\"data_offsets\":[3,6]}}",
        new byte[6]);
    assertThat(SafetensorsFile.open(path).tensors()).containsOnlyKeys("a", "b");
  }

  @Test
  void acceptsMetadataAndPaddingAndNoTensorsAtAll() throws IOException {
    SafetensorsWriter.write(path, "{\"__metadata__\":{\"format\":\"pt\"}}   ");
    assertThat(SafetensorsFile.open(path).tensors()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          [1]                                                                 | its header is not a JSON object
          {"a":                                                               | its header is not valid JSON: Unexpected end-of-input
          {} {}                                                               | its header is not valid JSON
          {"a":1}                                                             | tensor 'a': its entry is not a JSON object
          {"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}              | tensor 'a': its dtype 'F33' is unknown
          {"a":{"shape":[1],"data_offsets":[0,4]}}                            | tensor 'a': its dtype '' is unknown
          {"a":{"dtype":"F32","data_offsets":[0,4]}}                          | tensor 'a': it has no list 'shape'
          {"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}            | tensor 'a': its shape [1.5] is not a list of whole numbers
          {"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}             | tensor 'a': its shape [-1] has a negative size
          {"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}} | tensor 'a': its shape [4294967296, 4294967296] has more elements than a long can count
          {"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}} | tensor 'a': its data_offsets hold 0 bytes, which is not the size of F32 of shape [4611686018427387904]
          {"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}} | is not a list of whole numbers
          {"a":{"dtype":"F32","shape":[1]}}                                   | tensor 'a': it has no list 'data_offsets'
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}              | tensor 'a': its data_offsets [4, 0] are not a start and an end
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}             | tensor 'a': its data_offsets [-4, 0] are not a start and an end
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}                | tensor 'a': its data_offsets [0] are not a start and an end
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}              | tensor 'a': its data_offsets hold 8 bytes, which is not the size of F32 of shape [1]
          {"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}               | tensor 'a': its data_offsets hold 1 bytes, which is not the size of F4 of shape [3]
          {"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}               | tensor 'a': its data_offsets hold 2 bytes, which is not the size of F4 of shape [3]
          {"a":{"dtype":"F4","shape":[4611686018427387905],"data_offsets":[0,2]}} | tensor 'a': its data_offsets hold 2 bytes, which is not the size of F4 of shape [4611686018427387905]
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}              | tensor 'a': there is a hole of 4 bytes between the header and it
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | tensor 'b': it overlaps tensor 'a'
          {"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[5],"data_offsets":[3,8]}} | tensor 'b': there is a hole of 1 bytes between tensor 'a' and it
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}              | it is too long: expected 66 bytes by its header, found 70
          {"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}             | it is truncated: expected 75 bytes by its header, found 71
          {"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}} | it is truncated: expected 9223372036854775904 bytes
          {"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}} | its header is not valid JSON: Duplicate field 'a'
          {"a":{"dtype":"U8","dtype":"U8","shape":[8],"data_offsets":[0,8]}}  | its header is not valid JSON: Duplicate field 'dtype'
          """)
  void refusesMalformedHeaders(String header, String why) throws IOException {
    SafetensorsWriter.write(path, header, new byte[8]);

    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith("Cannot use " + path + ": ")
        .hasMessageContaining(why)
        .hasMessageEndingWith("; download the file again")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void refusesHeaderLengthsOutsideTheFile() throws IOException {
    byte[] header = "{}".getBytes(StandardCharsets.UTF_8);

    SafetensorsWriter.write(path, 3, header);
    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .hasMessageContaining(
            "it is truncated: expected at least 11 bytes (its header alone), found 10");
    SafetensorsWriter.write(path, 100_000_001, header);
    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .hasMessageContaining("its header claims 100000001 bytes, and at most 100000000");
    SafetensorsWriter.write(path, -1, header);
    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .hasMessageContaining("its header claims 18446744073709551615 bytes");
    SafetensorsWriter.write(path, 0, header);
    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .hasMessageContaining("its header is not a JSON object");
  }

  @Test
  void refusesMoreTensorsThanAreAllowed() throws IOException {
    StringBuilder header = new StringBuilder("{");
    for (int i = 0; i <= Limit.TENSORS.standard(); i++) {
      header.append(i == 0 ? "" : ",");
      header.append("\"t" + i + "\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}");
    }
    SafetensorsWriter.write(path, header + "}");
    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .isInstanceOf(PatchgridException.class)
        .hasMessage(
            "Cannot use "
                + path
                + ": it lists 100001 tensors, and at most 100000 are allowed; set"
                + " -Dpatchgrid.limit.tensors to allow more");
    System.setProperty(Limit.TENSORS.property(), "100001");
    try {
      assertThat(SafetensorsFile.open(path).tensors()).hasSize(100_001);
    } finally {
      System.clearProperty(Limit.TENSORS.property());
    }
  }

  @Test
  void refusesATruncatedCopyOfARealFile() throws IOException {
    byte[] whole = Files.readAllBytes(LLAMA.resolve("model.safetensors"));
    for (int length : new int[] {0, 7, 8, 100, whole.length / 2, whole.length - 1}) {
      Files.write(path, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> SafetensorsFile.open(path))
          .isInstanceOf(PatchgridException.class)
          .hasMessageContaining(path.toString())
          .hasMessageContaining(length < 8 ? "it has " + length + " bytes" : "it is truncated");
    }
  }

  @Test
  void tellsWhatIsNoSafetensorsFileAtAll() throws IOException {
    Files.writeString(path, "version https://git-lfs.github.com/spec/v1\noid sha256:1\n");
    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .hasMessage(
            path
                + " is a Git LFS pointer and not the weights: run `git lfs pull` in its directory");
    Files.writeString(path, "<!DOCTYPE html><html></html>");
    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .hasMessageContaining("it may not be a safetensors file");
    Files.delete(path);
    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .isInstanceOf(PatchgridException.class)
        .hasMessageStartingWith(
            "Cannot read " + path + ": there is no such file or directory; check that");
  }
}
