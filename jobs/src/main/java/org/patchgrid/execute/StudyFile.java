package org.patchgrid.execute;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.patchgrid.conf.StudyConfig;
import org.patchgrid.conf.StudyConfigReader;
import org.patchgrid.conf.StudyOverrides;
import org.patchgrid.input.HadoopPaths;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Reason;

/** A study file on any file system that Hadoop knows. */
public final class StudyFile {
  private StudyFile() {}

  /**
   * Reads a study.
   *
   * @throws PatchgridException if there is no such file, or for everything that is wrong in it
   */
  public static StudyConfig read(String file, StudyOverrides overrides, Configuration hadoop) {
    Path path = HadoopPaths.parse("the study file", file);
    try (FSDataInputStream input = path.getFileSystem(hadoop).open(path)) {
      String text = new String(input.readAllBytes(), StandardCharsets.UTF_8);
      return StudyConfigReader.read(file, text, overrides);
    } catch (FileNotFoundException e) {
      throw new PatchgridException("Cannot find the study file " + file + ": check the path", e);
    } catch (IOException e) {
      throw new PatchgridException(
          "Cannot read the study file " + file + ": " + Reason.of(e) + "; check the path", e);
    }
  }
}
