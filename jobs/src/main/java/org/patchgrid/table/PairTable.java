package org.patchgrid.table;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.schema.MessageType;
import org.patchgrid.study.PairResult;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.TokenizedPair;

/** The table {@code pairs}: one row a pair, measured or not, in the prompt set's order. */
public final class PairTable {
  public static final MessageType SCHEMA =
      new MessageType(
          "pairs",
          Columns.text("study_id"),
          Columns.text("pair_id"),
          Columns.text("status"),
          Columns.optionalText("reason"),
          Columns.text("clean"),
          Columns.optionalText("corrupted"),
          Columns.integers("clean_tokens"),
          Columns.integers("corrupted_tokens"),
          Columns.texts("clean_token_texts"),
          Columns.texts("corrupted_token_texts"),
          Columns.optionalInteger("first_difference"),
          Columns.optionalInteger("answer_id"),
          Columns.optionalInteger("foil_id"),
          Columns.optionalInteger("clean_top1"),
          Columns.optionalInteger("corrupted_top1"),
          Columns.textMap("labels"),
          Columns.textMap("tags"));

  private PairTable() {}

  /**
   * Writes all rows; the file is closed.
   *
   * @throws IllegalStateException if two rows have the same pair id
   */
  public static void write(
      OutputFile file,
      Configuration configuration,
      FooterTag tag,
      String studyId,
      List<PairResult> rows)
      throws IOException {
    Set<String> ids = new HashSet<>();
    for (PairResult row : rows) {
      String id = row.tokenized().pair().id();
      if (!ids.add(id)) {
        throw new IllegalStateException("Two rows have the same pair id: " + id);
      }
    }
    ParquetFiles.write(
        file,
        configuration,
        SCHEMA,
        tag.toMetadata(),
        ParquetFiles.Encoding.DEFAULT,
        rows,
        (row, pair) -> fields(row, studyId, pair));
  }

  /**
   * Writes the rows of other files of this table, one file after the other.
   *
   * @param files the bytes of each
   * @return how many rows there were
   */
  public static long copy(
      OutputFile file, Configuration configuration, FooterTag tag, Iterator<byte[]> files)
      throws IOException {
    RowsOfFiles rows = new RowsOfFiles(files, configuration);
    ParquetFiles.copy(
        file, configuration, SCHEMA, tag.toMetadata(), ParquetFiles.Encoding.SORTED, () -> rows);
    return rows.count;
  }

  private static void fields(RowWriter row, String studyId, PairResult result) {
    TokenizedPair pair = result.tokenized();
    row.text("study_id", studyId);
    row.text("pair_id", pair.pair().id());
    row.text("status", pair.status().label());
    row.text("reason", result.reason());
    row.text("clean", pair.cleanText());
    row.text("corrupted", Optional.of(pair.corruptedText()).filter(text -> pair.hasCorrupted()));
    row.integers("clean_tokens", pair.clean().ids());
    row.integers("corrupted_tokens", pair.hasCorrupted() ? pair.corrupted().ids() : List.of());
    row.texts("clean_token_texts", pair.clean().texts());
    row.texts("corrupted_token_texts", pair.hasCorrupted() ? pair.corrupted().texts() : List.of());
    row.integer("first_difference", pair.firstDifference());
    row.integer("answer_id", result.answerId());
    row.integer("foil_id", result.foilId());
    row.integer("clean_top1", result.cleanTop1());
    row.integer("corrupted_top1", result.corruptedTop1());
    row.textMap("labels", labels(pair));
    row.textMap("tags", pair.pair().tags());
  }

  private static Map<String, String> labels(TokenizedPair pair) {
    Map<String, String> texts = new TreeMap<>();
    pair.labels().forEach((name, span) -> texts.put(name, span.toString()));
    return texts;
  }

  /** The pairs of a file that were measured, with their tags. */
  public static Map<String, Map<String, String>> measuredPairs(
      InputFile file, Configuration configuration) throws IOException {
    MessageType columns =
        new MessageType(
            SCHEMA.getName(),
            SCHEMA.getType("pair_id"),
            SCHEMA.getType("status"),
            SCHEMA.getType("tags"));
    Map<String, Map<String, String>> pairs = new TreeMap<>();
    try (ParquetRows<Group> rows = ParquetFiles.open(file, configuration, schema -> columns)) {
      for (Optional<Group> row = rows.next(); row.isPresent(); row = rows.next()) {
        if (row.get().getString("status", 0).equals(PairStatus.OK.label())) {
          pairs.put(row.get().getString("pair_id", 0), tags(row.get().getGroup("tags", 0)));
        }
      }
    }
    return pairs;
  }

  private static Map<String, String> tags(Group map) {
    Map<String, String> tags = new TreeMap<>();
    for (int i = 0; i < map.getFieldRepetitionCount("key_value"); i++) {
      Group entry = map.getGroup("key_value", i);
      tags.put(entry.getString("key", 0), entry.getString("value", 0));
    }
    return tags;
  }

  /** How many pairs of a file have each status. */
  public static Map<String, Long> countByStatus(InputFile file, Configuration configuration)
      throws IOException {
    Map<String, Long> counts = new TreeMap<>();
    try (ParquetRows<Group> rows = ParquetFiles.open(file, configuration)) {
      for (Optional<Group> row = rows.next(); row.isPresent(); row = rows.next()) {
        counts.merge(row.get().getString("status", 0), 1L, Long::sum);
      }
    }
    return counts;
  }

  /** The rows of one file after those of another. */
  private static final class RowsOfFiles implements Iterator<Group> {
    private final Iterator<byte[]> files;
    private final Configuration configuration;
    private Iterator<Group> file = Collections.emptyIterator();
    private long count;

    private RowsOfFiles(Iterator<byte[]> files, Configuration configuration) {
      this.files = files;
      this.configuration = configuration;
    }

    @Override
    public boolean hasNext() {
      while (!file.hasNext() && files.hasNext()) {
        file = rows(files.next());
      }
      return file.hasNext();
    }

    @Override
    public Group next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      count++;
      return file.next();
    }

    /** Of a file in memory: there is nothing to close. */
    private Iterator<Group> rows(byte[] bytes) {
      try {
        ParquetRows<Group> rows =
            ParquetFiles.open(new ParquetFiles.Content(bytes, "pairs"), configuration);
        return new Iterator<>() {
          private Optional<Group> ahead = rows.next();

          @Override
          public boolean hasNext() {
            return ahead.isPresent();
          }

          @Override
          public Group next() {
            Group row = ahead.orElseThrow();
            try {
              ahead = rows.next();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            return row;
          }
        };
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
