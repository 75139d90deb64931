package org.patchgrid.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.Sha256;

/**
 * A study's tables on the local disk, for readers that know no other: the study's own directory if
 * it is local, a copy in a cache otherwise. Files of tasks never change, so that a second copy only
 * adds what is new; the manifest and the aggregates are copied every time.
 */
public final class LocalCopy {
  private LocalCopy() {}

  /**
   * The local directory.
   *
   * @param tables what the reader needs: {@code cells}, {@code pairs}, {@code aggregates}, {@code
   *     manifest}
   * @param cache where copies of remote studies are kept, one directory a study
   * @throws PatchgridException if there is no study in the directory
   */
  public static Path of(
      org.apache.hadoop.fs.Path study, Configuration configuration, Set<String> tables, Path cache)
      throws IOException {
    ResultDirectory directory = ResultDirectory.at(study, configuration);
    StudyDocument document = StudyDocument.require(directory);
    if ("file".equals(directory.root().toUri().getScheme())) {
      return Path.of(directory.root().toUri().getPath());
    }
    Path copy = cache.resolve(name(directory, document));
    for (String table : tables.stream().sorted().toList()) {
      Files.createDirectories(copy.resolve(table));
      boolean unchanging = ResultTable.isTasks(table);
      for (FileStatus file : directory.list(table)) {
        Path target = copy.resolve(table).resolve(file.getPath().getName());
        if (file.isFile()
            && !(unchanging && Files.exists(target) && Files.size(target) == file.getLen())) {
          copy(directory, table + "/" + file.getPath().getName(), target);
        }
      }
    }
    return copy;
  }

  /** A study that is made anew, by a run or by a compaction, writes the document anew. */
  private static String name(ResultDirectory directory, StudyDocument document) throws IOException {
    long made =
        directory.status(StudyDocument.NAME).map(FileStatus::getModificationTime).orElse(0L);
    return Sha256.of(
        (directory + "\n" + document.identity().fingerprint() + "\n" + made)
            .getBytes(StandardCharsets.UTF_8));
  }

  private static void copy(ResultDirectory directory, String from, Path to) throws IOException {
    Path partial = Files.createTempFile(to.getParent(), "copying", ".tmp");
    try (InputStream in = directory.stream(from);
        OutputStream out = Files.newOutputStream(partial)) {
      in.transferTo(out);
    } catch (IOException e) {
      Files.deleteIfExists(partial);
      throw e;
    }
    Files.move(partial, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
