package org.patchgrid.store;

import java.io.Serializable;

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

  ResultFile at(String newPath) {
    return new ResultFile(table, newPath, rows, bytes, sha256);
  }
}
