package org.patchgrid.table;

import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.DOUBLE;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.schema.MessageType;

/**
 * The table {@code aggregates}: one row a group, tag and measure. A later column comes at the end
 * and is nullable.
 */
public final class AggregateTable {
  private static final MessageType SCHEMA = Column.schema("aggregates", columns(""));

  private static final Set<String> NUMBERS =
      SCHEMA.getColumns().stream()
          .filter(column -> column.getPrimitiveType().getPrimitiveTypeName() == DOUBLE)
          .map(column -> column.getPath()[0])
          .collect(Collectors.toUnmodifiableSet());

  private AggregateTable() {}

  public static long write(
      OutputFile file,
      Configuration configuration,
      AggregateSource source,
      String studyId,
      Iterator<AggregateRow> rows)
      throws IOException {
    List<Column<AggregateRow>> columns = columns(studyId);
    return ParquetFiles.<AggregateRow>write(
        file,
        configuration,
        SCHEMA,
        source.toMetadata(),
        ParquetFiles.Encoding.plain(NUMBERS),
        writer -> {
          while (rows.hasNext()) {
            writer.write(rows.next());
          }
        },
        (consumer, row) -> Column.write(consumer, columns, row));
  }

  /** Effects are tested, also where recoveries have the same numbers. */
  private static double pValue(AggregateRow row) {
    return row.measure() == Measure.EFFECT ? row.statistics().pValue() : Double.NaN;
  }

  private static List<Column<AggregateRow>> columns(String studyId) {
    return List.of(
        Column.text("study_id", row -> studyId),
        Column.text("sweep", row -> row.group().site().sweep()),
        Column.text("grouping", row -> row.group().grouping().label()),
        Column.text("direction", row -> row.group().site().direction()),
        Column.text("component", row -> row.group().site().component()),
        Column.integer("layer", row -> row.group().site().layer()),
        Column.optionalInteger("head", row -> row.group().site().head()),
        Column.optionalInteger("position", row -> row.group().site().position()),
        Column.optionalText("position_label", row -> row.group().site().positionLabel()),
        Column.integer("window", row -> row.group().site().window()),
        Column.text("value", row -> row.group().site().value()),
        Column.text("corruption", row -> row.group().site().corruption()),
        Column.optionalInteger("source_position", row -> row.group().site().sourcePosition()),
        Column.optionalText("receiver", row -> row.group().site().receiver()),
        Column.text("metric", row -> row.group().metric()),
        Column.optionalText("tag", row -> row.tag().map(PairTag::name)),
        Column.optionalText("tag_value", row -> row.tag().map(PairTag::value)),
        Column.text("measure", row -> row.measure().label()),
        Column.integer("sites", AggregateRow::sites),
        Column.integer("n", row -> row.statistics().pairs()),
        Column.integer("n_ok", row -> row.counts().ok()),
        Column.integer("n_by_construction", row -> row.counts().byConstruction()),
        Column.integer("n_degenerate_baseline", row -> row.counts().degenerateBaseline()),
        Column.integer("n_no_baseline", row -> row.counts().noBaseline()),
        Column.integer("n_not_finite", row -> row.counts().notFinite()),
        Column.integer("n_failed", row -> row.counts().failed()),
        Column.number("mean_of_ratios", row -> row.statistics().mean()),
        Column.number("standard_deviation", row -> row.statistics().standardDeviation()),
        Column.number("t_low", row -> row.statistics().tLow()),
        Column.number("t_high", row -> row.statistics().tHigh()),
        Column.number("bootstrap_low", row -> row.statistics().bootstrapLow()),
        Column.number("bootstrap_high", row -> row.statistics().bootstrapHigh()),
        Column.number("minimum", row -> row.statistics().minimum()),
        Column.number("quantile_05", row -> row.statistics().quantile05()),
        Column.number("quantile_25", row -> row.statistics().quantile25()),
        Column.number("median", row -> row.statistics().median()),
        Column.number("quantile_75", row -> row.statistics().quantile75()),
        Column.number("quantile_95", row -> row.statistics().quantile95()),
        Column.number("maximum", row -> row.statistics().maximum()),
        Column.number("average_total_effect", row -> row.statistics().averageTotalEffect()),
        Column.number("average_indirect_effect", row -> row.statistics().averageIndirectEffect()),
        Column.number("ratio_of_means", row -> row.statistics().ratioOfMeans()),
        Column.number("ratio_of_means_low", row -> row.statistics().ratioOfMeansLow()),
        Column.number("ratio_of_means_high", row -> row.statistics().ratioOfMeansHigh()),
        Column.number("p_value", AggregateTable::pValue),
        Column.number("q_value", row -> row.place().qValue()),
        Column.optionalInteger("rank", row -> row.place().rank()),
        Column.number("sufficiency", row -> row.place().sufficiency()),
        Column.number("necessity", row -> row.place().necessity()),
        Column.optionalFlag("sufficient", row -> row.place().sufficient()),
        Column.optionalFlag("necessary", row -> row.place().necessary()));
  }
}
