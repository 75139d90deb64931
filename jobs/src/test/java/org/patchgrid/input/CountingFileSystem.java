package org.patchgrid.input;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** The local disk as {@code counted:///}, which knows how many files are being read. */
public final class CountingFileSystem extends RawLocalFileSystem {
  private static final URI NAME = URI.create("counted:///");

  private final AtomicInteger open = new AtomicInteger();

  static CountingFileSystem of(String path, Configuration configuration) throws IOException {
    return (CountingFileSystem) new Path(path).getFileSystem(configuration);
  }

  int openFiles() {
    return open.get();
  }

  @Override
  public void initialize(URI uri, Configuration configuration) throws IOException {
    super.initialize(uri, configuration);
    setConf(configuration);
  }

  @Override
  public URI getUri() {
    return NAME;
  }

  @Override
  public String getScheme() {
    return NAME.getScheme();
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    FSDataInputStream file = super.open(path, bufferSize);
    open.incrementAndGet();
    return new FSDataInputStream(file) {
      private boolean closed;

      @Override
      public void close() throws IOException {
        if (!closed) {
          closed = true;
          open.decrementAndGet();
        }
        super.close();
      }
    };
  }
}
