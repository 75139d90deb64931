package org.patchgrid.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputDecompressor;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Test;
import org.patchgrid.study.Limit;

class BoundedCodecsTest {
  private static final int MOST = (int) Limit.PAGE_BYTES.standard();

  private final BytesInputDecompressor plain =
      new BoundedCodecs(new Configuration()).getDecompressor(CompressionCodecName.UNCOMPRESSED);

  @Test
  void pagesMayBeOfNoBytesAndOfTheMost() throws IOException {
    assertThat(plain.decompress(BytesInput.from(new byte[3]), MOST).size()).isEqualTo(3);
    assertThat(plain.decompress(BytesInput.empty(), 0).size()).isZero();
  }

  @Test
  void pagesThatClaimToBeLargerAreRefused() {
    assertThatThrownBy(() -> plain.decompress(BytesInput.empty(), MOST + 1))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("a page says that it becomes 67108865 bytes, and at most 67108864");
    assertThatThrownBy(() -> plain.decompress(BytesInput.empty(), -1))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("a page says that it becomes -1 bytes");
    ByteBuffer none = ByteBuffer.allocate(0);
    assertThatThrownBy(() -> plain.decompress(none, 0, none, MOST + 1))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("a page says that it becomes 67108865 bytes");
  }
}
