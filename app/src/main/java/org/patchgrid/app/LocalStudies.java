package org.patchgrid.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.patchgrid.execute.HadoopPaths;
import org.patchgrid.query.QueryFile;
import org.patchgrid.report.Study;
import org.patchgrid.report.StudyFacts;
import org.patchgrid.results.StudyFiles;
import org.patchgrid.results.StudyResults;
import org.patchgrid.store.LocalCopy;

/** Results on the local disk, for DuckDB: a remote study's are copied into a cache first. */
final class LocalStudies {
  private static final Set<String> TABLES = Set.of("manifest", "pairs", "cells", "aggregates");

  private LocalStudies() {}

  /** Brings what is new of a remote study, every time it is called. */
  static StudyFiles files(String directory) throws IOException {
    Path cache = Path.of(System.getProperty("user.home"), ".cache", "patchgrid", "results");
    return StudyFiles.of(
        LocalCopy.of(
            HadoopPaths.parse("the results", directory), new Configuration(), TABLES, cache));
  }

  /** Opens a study to be asked; whoever opens it closes it. */
  static Study open(StudyFiles files, Path home) throws IOException {
    return Study.of(
        StudyFacts.read(files),
        StudyResults.open(ProjectFiles.views(home), files, Optional.empty()),
        QueryFile.all(ProjectFiles.queries(home)));
  }

  static boolean isRemote(String directory) throws IOException {
    return !"file"
        .equals(
            HadoopPaths.parse("the results", directory)
                .getFileSystem(new Configuration())
                .getUri()
                .getScheme());
  }
}
