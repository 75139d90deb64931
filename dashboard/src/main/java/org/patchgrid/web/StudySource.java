package org.patchgrid.web;

import java.io.IOException;
import org.patchgrid.results.StudyFiles;

/** Where a study's files are; asked again and again, so that a copy can follow a remote study. */
@FunctionalInterface
public interface StudySource {
  StudyFiles files() throws IOException;
}
