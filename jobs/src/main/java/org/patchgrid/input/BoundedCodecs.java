package org.patchgrid.input;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.patchgrid.study.Limit;

/**
 * Parquet's own codecs for files of strangers, in which a page says how large it becomes: memory is
 * taken for what a page can be at its most, and for no more.
 */
final class BoundedCodecs implements CompressionCodecFactory {
  private static final int BUFFER_BYTES = 64 << 10;

  private final CodecFactory codecs;

  BoundedCodecs(Configuration configuration) {
    this.codecs = new CodecFactory(configuration, BUFFER_BYTES);
  }

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    return codecs.getCompressor(codec);
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    return new Bounded(codecs.getDecompressor(codec));
  }

  @Override
  public void release() {
    codecs.release();
  }

  private record Bounded(BytesInputDecompressor decompressor) implements BytesInputDecompressor {
    @Override
    public BytesInput decompress(BytesInput bytes, int size) throws IOException {
      check(size);
      return decompressor.decompress(bytes, size);
    }

    @Override
    public void decompress(ByteBuffer from, int bytes, ByteBuffer to, int size) throws IOException {
      check(size);
      decompressor.decompress(from, bytes, to, size);
    }

    @Override
    public void release() {
      decompressor.release();
    }

    private static void check(int size) throws IOException {
      if (size < 0 || size > Limit.PAGE_BYTES.value()) {
        throw new IOException(
            "a page says that it becomes %d bytes, and %s"
                .formatted(size, Limit.PAGE_BYTES.remedy()));
      }
    }
  }
}
