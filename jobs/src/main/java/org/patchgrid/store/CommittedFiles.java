package org.patchgrid.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Sha256;
import org.patchgrid.table.AggregateSource;

/**
 * What the manifest lists at one moment: the files of whole tasks, which never change. Who reads
 * these and no others reads one state of the study, however long the reading takes.
 *
 * @param tasks how many are complete
 * @param files of all tables, by path
 * @param original of a compacted study: {@link #sha256} of the files that it was made of
 */
public record CommittedFiles(
    StudyIdentity identity, int tasks, List<ResultFile> files, Optional<String> original) {
  public CommittedFiles {
    files = files.stream().sorted(Comparator.comparing(ResultFile::path)).toList();
  }

  /**
   * Reads the manifest of a study.
   *
   * @throws PatchgridException if there is no study in the directory, or its manifest is damaged
   */
  public static CommittedFiles read(Path path, Configuration configuration) throws IOException {
    ResultDirectory directory = ResultDirectory.at(path, configuration);
    StudyDocument study = StudyDocument.require(directory);
    return of(study.identity(), Manifest.read(directory));
  }

  static CommittedFiles of(StudyIdentity identity, Manifest manifest) {
    return new CommittedFiles(
        identity,
        manifest.tasks().size(),
        manifest.files(),
        manifest.compacted().map(ManifestEntry.FilesCompacted::cells));
  }

  public List<ResultFile> of(ResultTable table) {
    return files.stream().filter(file -> file.table() == table).toList();
  }

  public long rows(ResultTable table) {
    return of(table).stream().mapToLong(ResultFile::rows).sum();
  }

  /**
   * SHA-256 over a line a file, {@code path TAB sha256 LF}, by path; of a compacted study, which
   * has the same rows, that of the original.
   */
  public String sha256() {
    return original.orElseGet(this::sha256OfFiles);
  }

  /** Whether aggregates with this footer were made of these files. */
  public boolean areSourceOf(AggregateSource aggregates) {
    return aggregates.cells().equals(sha256());
  }

  private String sha256OfFiles() {
    StringBuilder lines = new StringBuilder();
    files.forEach(
        file -> lines.append(file.path()).append('\t').append(file.sha256()).append('\n'));
    return Sha256.of(lines.toString().getBytes(StandardCharsets.UTF_8));
  }
}
