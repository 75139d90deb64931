package org.patchgrid.table;

import java.io.IOException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.GroupWriter;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.schema.MessageType;
import org.patchgrid.study.PairResult;
import org.patchgrid.study.PairStatus;
import org.patchgrid.study.TokenizedPair;

/** The table {@code pairs}: one row a pair, measured or not, in the prompt set's order. */
public final class PairTable {
  public static final MessageType SCHEMA = Column.schema("pairs", columns(""));

  private PairTable() {}

  /**
   * Writes all rows; the file is closed.
   *
   * @return how many there were
   * @throws IllegalStateException if two rows have the same pair id
   */
  public static long write(
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
    List<Column<PairResult>> columns = columns(studyId);
    return ParquetFiles.<PairResult>write(
        file,
        configuration,
        SCHEMA,
        tag.toMetadata(),
        tag.encoding(),
        writer -> {
          for (PairResult row : rows) {
            writer.write(row);
          }
        },
        (consumer, row) -> Column.write(consumer, columns, row));
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
    return ParquetFiles.<Group>write(
        file,
        configuration,
        SCHEMA,
        tag.toMetadata(),
        tag.encoding(),
        writer -> {
          while (files.hasNext()) {
            ParquetFiles.Content content = new ParquetFiles.Content(files.next(), "pairs");
            try (ParquetRows<Group> rows = ParquetFiles.open(content, configuration, SCHEMA)) {
              rows.forEach(writer::write);
            }
          }
        },
        (consumer, row) -> new GroupWriter(consumer, SCHEMA).write(row));
  }

  private static List<Column<PairResult>> columns(String studyId) {
    return List.of(
        Column.text("study_id", row -> studyId),
        Column.text("pair_id", row -> row.tokenized().pair().id()),
        Column.text("status", row -> row.tokenized().status().label()),
        Column.optionalText("reason", PairResult::reason),
        Column.text("clean", row -> row.tokenized().cleanText()),
        Column.optionalText("corrupted", row -> corrupted(row, TokenizedPair::corruptedText)),
        Column.integers("clean_tokens", row -> row.tokenized().clean().ids()),
        Column.integers(
            "corrupted_tokens",
            row -> corrupted(row, pair -> pair.corrupted().ids()).orElse(List.of())),
        Column.texts("clean_token_texts", row -> row.tokenized().clean().texts()),
        Column.texts(
            "corrupted_token_texts",
            row -> corrupted(row, pair -> pair.corrupted().texts()).orElse(List.of())),
        Column.optionalInteger("first_difference", row -> row.tokenized().firstDifference()),
        Column.optionalInteger("answer_id", PairResult::answerId),
        Column.optionalInteger("foil_id", PairResult::foilId),
        Column.optionalInteger("clean_top1", PairResult::cleanTop1),
        Column.optionalInteger("corrupted_top1", PairResult::corruptedTop1),
        Column.textMap("labels", row -> labels(row.tokenized())),
        Column.textMap("tags", row -> row.tokenized().pair().tags()));
  }

  private static <V> Optional<V> corrupted(PairResult row, Function<TokenizedPair, V> value) {
    return Optional.of(row.tokenized()).filter(TokenizedPair::hasCorrupted).map(value);
  }

  private static Map<String, String> labels(TokenizedPair pair) {
    Map<String, String> texts = new TreeMap<>();
    pair.labels().forEach((name, span) -> texts.put(name, span.toString()));
    return texts;
  }

  /** The pairs of a file that were measured, with their tags. */
  public static Map<String, Map<String, String>> measuredPairs(
      InputFile file, Configuration configuration) throws IOException {
    Map<String, Map<String, String>> pairs = new TreeMap<>();
    MessageType columns = some("pair_id", "status", "tags");
    try (ParquetRows<Group> rows = ParquetFiles.open(file, configuration, columns)) {
      rows.forEach(
          row -> {
            if (row.getString("status", 0).equals(PairStatus.OK.label())) {
              pairs.put(row.getString("pair_id", 0), tags(row.getGroup("tags", 0)));
            }
          });
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
    try (ParquetRows<Group> rows = ParquetFiles.open(file, configuration, some("status"))) {
      rows.forEach(row -> counts.merge(row.getString("status", 0), 1L, Long::sum));
    }
    return counts;
  }

  private static MessageType some(String... columns) {
    return new MessageType(SCHEMA.getName(), Stream.of(columns).map(SCHEMA::getType).toList());
  }
}
