package org.patchgrid.store;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.api.ReadSupport;
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
   * @throws IllegalStateException if two rows have the same pair id
   */
  static void write(
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

  /** Writes rows that were read from files of this table. */
  static void copy(
      OutputFile file, Configuration configuration, FooterTag tag, Iterable<Group> rows)
      throws IOException {
    ParquetFiles.copy(
        file, configuration, SCHEMA, tag.toMetadata(), ParquetFiles.Encoding.SORTED, rows);
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

  /**
   * The pairs of a file that were measured, with their tags.
   *
   * @param study the study's directory
   * @param file relative to it
   */
  public static Map<String, Map<String, String>> measuredPairs(
      Path study, String file, Configuration configuration) throws IOException {
    Configuration projected = new Configuration(configuration);
    MessageType columns =
        new MessageType(
            SCHEMA.getName(),
            SCHEMA.getType("pair_id"),
            SCHEMA.getType("status"),
            SCHEMA.getType("tags"));
    projected.set(ReadSupport.PARQUET_READ_SCHEMA, columns.toString());
    Map<String, Map<String, String>> pairs = new TreeMap<>();
    InputFile input = ResultDirectory.at(study, configuration).input(file);
    try (ParquetFiles.Rows rows = ParquetFiles.open(input, projected)) {
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
  static Map<String, Long> countByStatus(InputFile file, Configuration configuration)
      throws IOException {
    Map<String, Long> counts = new TreeMap<>();
    try (ParquetFiles.Rows rows = ParquetFiles.open(file, configuration)) {
      for (Optional<Group> row = rows.next(); row.isPresent(); row = rows.next()) {
        counts.merge(row.get().getString("status", 0), 1L, Long::sum);
      }
    }
    return counts;
  }
}
