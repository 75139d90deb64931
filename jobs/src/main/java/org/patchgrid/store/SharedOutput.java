package org.patchgrid.store;

import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.patchgrid.study.HostName;
import org.patchgrid.study.PatchgridException;

/**
 * Whether an executor sees the directory that the driver writes to, and not one of the same name on
 * its own disk.
 *
 * @param directory with its file system
 * @param studyTextSha256 of {@code study.conf} as the driver sees it
 */
public record SharedOutput(String directory, String studyTextSha256) implements Serializable {
  static SharedOutput of(ResultDirectory directory) throws IOException {
    return new SharedOutput(directory.root().toString(), directory.sha256(StudyDocument.TEXT));
  }

  /**
   * Looks from here.
   *
   * @throws PatchgridException naming this host and the path, if it is another directory or none
   */
  public void requireSeen(Configuration configuration) throws IOException {
    ResultDirectory here = ResultDirectory.at(new Path(directory), configuration);
    boolean found = here.exists(StudyDocument.TEXT);
    if (!found || !here.sha256(StudyDocument.TEXT).equals(studyTextSha256)) {
      throw new PatchgridException(
          "Executor host %s does not see the study's output '%s' (its %s is %s): give --out a directory that the driver and all executors share, on HDFS, an object store or a shared disk"
              .formatted(
                  HostName.ofThisMachine(),
                  here,
                  StudyDocument.TEXT,
                  found ? "another" : "not there"));
    }
  }
}
