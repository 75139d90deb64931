package org.patchgrid.input;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.patchgrid.conf.FormatChoice;
import org.patchgrid.conf.Problems;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.study.PromptPair;
import org.patchgrid.study.Reason;
import org.patchgrid.study.Sha256;

/**
 * Reads the pairs of one prompt file: {@link #scan} once on the driver, which checks every record,
 * then {@link #read} for ranges, anywhere.
 *
 * <p>Holds no open file between calls; a reader may be shared by threads. An id that is not given
 * is the record's line number (a row of Parquet: its number from 1). {@code answer = "auto"} is the
 * clean run's top token; the text itself is written {@code answers = ["auto"]}.
 */
public final class PromptSetReader {
  private static final PromptIndex.Checkpoint START = new PromptIndex.Checkpoint(0, 1);

  /** Enough to see what is wrong with a file; then a scan stops. */
  private static final int MOST_PROBLEMS = 10;

  private final String path;
  private final Path file;
  private final FileKind kind;
  private final Configuration configuration;

  /**
   * @param path any URI that Hadoop's FileSystem knows; a relative one is resolved by Hadoop
   * @throws PatchgridException if it is no path, or the file's name does not tell its format
   */
  public PromptSetReader(String path, Configuration configuration) {
    this.path = path;
    this.kind = FileKind.of(path);
    this.file = HadoopPaths.parse("the prompts", path);
    this.configuration = configuration;
  }

  /**
   * Reads the whole file once (Parquet and .json: once more, for the hash) and checks every record.
   * Needs 16 to 48 bytes of memory a pair, to find ids that are there twice.
   *
   * @throws PatchgridException if the file cannot be read, is of no known format or not of the
   *     chosen one, has no pairs, or has records that are malformed; a line for each of the first
   *     ten
   */
  public PromptIndex scan(FormatChoice choice) {
    try {
      FileStatus status = file.getFileSystem(configuration).getFileStatus(file);
      if (status.isDirectory()) {
        throw new PatchgridException(
            "Cannot read prompts " + path + ": it is a directory; name a file");
      }
      PromptDialect dialect =
          new DialectFinder(PromptLocation.line(path, 1), kind, sample(), choice).find();
      MessageDigest digest = Sha256.begin();
      List<PromptIndex.Checkpoint> checkpoints = new ArrayList<>();
      long pairs;
      try (PromptRecords records = openHashed(digest)) {
        pairs = check(records, dialect, checkpoints);
      }
      if (pairs == 0) {
        throw new PatchgridException(
            "Cannot use prompts " + path + ": there is no pair in it; add one a line");
      }
      String sha256 = Sha256.end(digest);
      return new PromptIndex(pairs, status.getLen(), sha256, dialect, checkpoints);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * The pairs {@code firstPair} (inclusive) to {@code endPair} (exclusive), counted from 0.
   *
   * @param index of this very file
   * @throws PatchgridException if the file is not the one that was scanned
   */
  public List<PromptPair> read(PromptIndex index, long firstPair, long endPair) {
    if (firstPair < 0 || endPair <= firstPair || endPair > index.pairs()) {
      throw new IllegalArgumentException(
          "No pairs [" + firstPair + ", " + endPair + ") of " + index.pairs());
    }
    PromptIndex.Checkpoint start = index.checkpointOf(firstPair);
    long number = firstPair - firstPair % PromptIndex.CHECKPOINT_INTERVAL;
    List<PromptPair> pairs = new ArrayList<>();
    try {
      if (file.getFileSystem(configuration).getFileStatus(file).getLen() != index.bytes()) {
        throw changed();
      }
      try (PromptRecords records = open(start)) {
        for (; number < endPair; number++) {
          PromptRecord record = records.next().orElseThrow(this::changed);
          if (number >= firstPair) {
            pairs.add(PairReader.read(number, record, index.dialect()));
          }
        }
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    return pairs;
  }

  /** Counts and checks; gives back how many pairs there are. */
  private long check(
      PromptRecords records, PromptDialect dialect, List<PromptIndex.Checkpoint> checkpoints)
      throws IOException {
    Problems problems = new Problems();
    DistinctIds ids = new DistinctIds();
    long pairs = 0;
    boolean more = true;
    while (more && problems.count() < MOST_PROBLEMS) {
      try {
        Optional<PromptRecord> record = records.next();
        more = record.isPresent();
        if (more) {
          if (pairs % PromptIndex.CHECKPOINT_INTERVAL == 0) {
            checkpoints.add(record.get().start());
          }
          PromptPair pair = PairReader.read(pairs, record.get(), dialect);
          pairs++;
          if (!ids.add(pair.id())) {
            problems.add(duplicate(pair.id(), record.get(), dialect));
          }
        }
      } catch (PatchgridException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    problems.throwIfAny();
    return pairs;
  }

  private String duplicate(String id, PromptRecord second, PromptDialect dialect)
      throws IOException {
    String problem = second.where() + ": id '" + id + "' is there twice";
    // The scan keeps hashes only, so the first one has to be looked up.
    try (PromptRecords records = open(START)) {
      PromptRecord first = records.next().orElseThrow(this::changed);
      while (!PairReader.read(0, first, dialect).id().equals(id)) {
        first = records.next().orElseThrow(this::changed);
      }
      return problem + ": first in " + first.where().inFile();
    } catch (PatchgridException e) {
      // A malformed record before it, which the scan has reported.
      return problem;
    }
  }

  /** Looks at the beginning, as far as it tells the format. */
  private FileSample sample() throws IOException {
    return switch (kind) {
      case PARQUET -> FileSample.ofTable(parquetColumns());
      case CSV -> FileSample.ofTable(csvColumns());
      case JSON_LINES -> firstRecord();
      case JSON -> {
        Optional<FileSample> document = JsonDocumentRecords.sample(path, content());
        yield document.isPresent() ? document.get() : firstRecord();
      }
    };
  }

  private List<String> parquetColumns() throws IOException {
    try (ParquetRecords records = ParquetRecords.open(path, file, configuration, 0)) {
      return records.columns();
    }
  }

  private List<String> csvColumns() throws IOException {
    try (Utf8Lines lines = new Utf8Lines(path, content(), START)) {
      return CsvRecords.header(path, lines);
    }
  }

  private FileSample firstRecord() throws IOException {
    try (PromptRecords records = open(START)) {
      List<String> names = new ArrayList<>();
      records.next().ifPresent(record -> record.fields().fieldNames().forEachRemaining(names::add));
      return FileSample.ofRecord(names);
    } catch (PatchgridException malformed) {
      return FileSample.ofRecord(List.of()); // the scan tells of it, and of others with it
    }
  }

  private PromptRecords open(PromptIndex.Checkpoint start) throws IOException {
    if (kind == FileKind.PARQUET) {
      return ParquetRecords.open(path, file, configuration, start.offset());
    }
    if (kind == FileKind.JSON) {
      Optional<PromptRecords> document = JsonDocumentRecords.open(path, content(), start.offset());
      if (document.isPresent()) {
        return document.get();
      }
    }
    FSDataInputStream input = content();
    return text(input, input, start);
  }

  /** From the start of the file; when its end is reached, {@code digest} has seen every byte. */
  private PromptRecords openHashed(MessageDigest digest) throws IOException {
    if (kind == FileKind.PARQUET || kind == FileKind.JSON) {
      // Not always read to the last byte: Parquet's footer comes first, and a list ends before.
      try (InputStream content = new DigestInputStream(content(), digest)) {
        content.transferTo(OutputStream.nullOutputStream());
      }
      return open(START);
    }
    FSDataInputStream input = content();
    return text(input, new DigestInputStream(input, digest), START);
  }

  private FSDataInputStream content() throws IOException {
    return file.getFileSystem(configuration).open(file);
  }

  /**
   * @param content reads from {@code input}
   */
  private PromptRecords text(
      FSDataInputStream input, InputStream content, PromptIndex.Checkpoint start)
      throws IOException {
    try {
      if (kind != FileKind.CSV) {
        input.seek(start.offset());
        return new JsonLinesRecords(path, new Utf8Lines(path, content, start));
      }
      Utf8Lines lines = new Utf8Lines(path, content, START);
      List<String> columns = CsvRecords.header(path, lines);
      if (start.equals(START)) {
        return CsvRecords.open(path, columns, lines, lines.position());
      }
      input.seek(start.offset());
      return CsvRecords.open(path, columns, new Utf8Lines(path, content, start), start);
    } catch (IOException | RuntimeException e) {
      input.close();
      throw e;
    }
  }

  private PatchgridException changed() {
    return new PatchgridException(
        "Prompts %s have changed since the study began: put them back, or choose another --out"
            .formatted(path));
  }

  private PatchgridException unreadable(Exception e) {
    String why =
        e instanceof FileNotFoundException
            ? "there is no such file; check prompts.path"
            : Reason.of(e);
    return new PatchgridException("Cannot read prompts " + path + ": " + why, e);
  }
}
