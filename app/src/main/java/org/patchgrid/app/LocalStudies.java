package org.patchgrid.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.patchgrid.query.QueryFile;
import org.patchgrid.report.Study;
import org.patchgrid.report.StudyFacts;
import org.patchgrid.results.StudyFiles;
import org.patchgrid.results.StudyResults;
import org.patchgrid.store.LocalCopy;
import org.patchgrid.study.CacheDirectory;

/** Results on the local disk, for DuckDB: a remote study's are copied into a cache first. */
final class LocalStudies {
  private static final Set<String> ALL = Set.of("manifest", "pairs", "cells", "aggregates");

  private LocalStudies() {}

  /** Brings what is new of a remote study, every time it is called. */
  static StudyFiles files(String directory) throws IOException {
    return new StudyFiles(copy(directory, ALL));
  }

  /** The directory where these tables are on the local disk. */
  static Path copy(String directory, Set<String> tables) throws IOException {
    return LocalCopy.of(
        Studies.results(directory),
        new Configuration(),
        tables,
        CacheDirectory.ofThisMachine().resolve("results"));
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
        .equals(Studies.results(directory).getFileSystem(new Configuration()).getUri().getScheme());
  }
}
