package org.patchgrid.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.schema.MessageType;
import org.patchgrid.study.Sha256;
import org.patchgrid.table.ParquetFiles;

/**
 * A whole, closed file of one table.
 *
 * @param path relative to the study's directory
 * @param sha256 of the bytes, in lower-case hexadecimal digits
 */
public record ResultFile(ResultTable table, String path, long rows, long bytes, String sha256)
    implements Serializable {
  public ResultFile {
    if (path.startsWith("/") || path.contains("..") || rows < 0 || bytes < 0) {
      throw new IllegalArgumentException("Invalid result file: '" + path + "'");
    }
  }

  /** For the way between driver and executors. */
  public String toText() {
    return new String(StoreJson.line(this), StandardCharsets.UTF_8);
  }

  /** The opposite of {@link #toText}. */
  public static ResultFile ofText(String text) throws IOException {
    return StoreJson.read(text.getBytes(StandardCharsets.UTF_8), ResultFile.class);
  }

  /**
   * Its bytes.
   *
   * @param study the directory
   */
  public byte[] read(Path study, Configuration configuration) throws IOException {
    return ResultDirectory.at(study, configuration).read(path);
  }

  /**
   * What is wrong with the file, as part of a sentence: it is missing, has other bytes than were
   * committed, or other columns than this version writes. Empty if nothing is.
   *
   * @param study the directory
   */
  public Optional<String> problem(Path study, Configuration configuration) throws IOException {
    byte[] content;
    try {
      content = read(study, configuration);
    } catch (FileNotFoundException e) {
      return Optional.of("'" + path + "' is missing");
    }
    if (content.length != bytes || !Sha256.of(content).equals(sha256)) {
      return Optional.of("'" + path + "' has other bytes than were committed");
    }
    MessageType columns =
        ParquetFiles.footer(content, path, configuration).getFileMetaData().getSchema();
    return columns.equals(table.schema())
        ? Optional.empty()
        : Optional.of("'" + path + "' has the columns of another version of Patchgrid");
  }

  ResultFile at(String newPath) {
    return new ResultFile(table, newPath, rows, bytes, sha256);
  }
}
