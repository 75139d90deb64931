package org.patchgrid.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.patchgrid.study.Reason;
import org.patchgrid.study.Sha256;

/** A file to write once, hashed as it is written. */
final class HashingOutput implements OutputFile {
  /** More than any footer has. */
  private static final int HELD_BYTES = 16 << 20;

  private final FileSystem fileSystem;
  private final Path path;
  private final MessageDigest digest = Sha256.begin();
  private long bytes;

  HashingOutput(FileSystem fileSystem, Path path) {
    this.fileSystem = fileSystem;
    this.path = path;
  }

  /** Of all that was written; once, after the file was closed. */
  String sha256() {
    return Sha256.end(digest);
  }

  long bytes() {
    return bytes;
  }

  @Override
  public PositionOutputStream create(long blockSizeHint) throws IOException {
    return new HashingStream(fileSystem.create(path, false));
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSizeHint) {
    throw new UnsupportedOperationException("Result files are written once: " + path);
  }

  @Override
  public boolean supportsBlockSize() {
    return false;
  }

  @Override
  public long defaultBlockSize() {
    return 0;
  }

  @Override
  public String getPath() {
    return path.toString();
  }

  /** Holds back the end of the file, since the footer is known when all is written. */
  private final class HashingStream extends PositionOutputStream {
    private final FSDataOutputStream out;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private boolean closed;

    private HashingStream(FSDataOutputStream out) {
      this.out = out;
    }

    @Override
    public long getPos() {
      return bytes + held.size();
    }

    @Override
    public void write(int b) throws IOException {
      held.write(b);
      handOn();
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      held.write(source, offset, length);
      handOn();
    }

    private void handOn() throws IOException {
      if (held.size() > 2 * HELD_BYTES) {
        byte[] all = held.toByteArray();
        int free = all.length - HELD_BYTES;
        writeThrough(Arrays.copyOf(all, free));
        held.reset();
        held.write(all, free, HELD_BYTES);
      }
    }

    private void writeThrough(byte[] part) throws IOException {
      try {
        out.write(part);
      } catch (FSError e) {
        throw exception(e);
      }
      digest.update(part);
      bytes += part.length;
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      try (OutputStream closing = out) {
        writeThrough(CanonicalFooter.of(held.toByteArray()));
        closing.flush();
        // Object stores cannot and need not: their files appear whole on close.
        if (out.hasCapability(StreamCapabilities.HSYNC)) {
          out.hsync();
        }
      } catch (FSError e) {
        throw exception(e);
      }
    }
  }

  /** Hadoop's local file system throws an error, not an exception, where a stream's disk fails. */
  private static IOException exception(FSError error) {
    return new IOException(Reason.of(error), error);
  }
}
