package org.patchgrid.table;

import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.DOUBLE;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * The table {@code aggregates}: one row a group, tag and measure. A later column comes at the end
 * and is nullable.
 */
public final class AggregateTable {
  private static final MessageType SCHEMA = new MessageType("aggregates", columns());

  private static final Set<String> NUMBERS =
      SCHEMA.getColumns().stream()
          .filter(column -> column.getPrimitiveType().getPrimitiveTypeName() == DOUBLE)
          .map(column -> column.getPath()[0])
          .collect(Collectors.toUnmodifiableSet());

  private AggregateTable() {}

  private static List<Type> columns() {
    List<Type> columns = new ArrayList<>();
    for (String name : List.of("study_id", "sweep", "grouping", "direction", "component")) {
      columns.add(Columns.text(name));
    }
    columns.add(Columns.integer("layer"));
    columns.add(Columns.optionalInteger("head"));
    columns.add(Columns.optionalInteger("position"));
    columns.add(Columns.optionalText("position_label"));
    columns.add(Columns.integer("window"));
    columns.add(Columns.text("value"));
    columns.add(Columns.text("corruption"));
    columns.add(Columns.optionalInteger("source_position"));
    columns.add(Columns.optionalText("receiver"));
    columns.add(Columns.text("metric"));
    columns.add(Columns.optionalText("tag"));
    columns.add(Columns.optionalText("tag_value"));
    columns.add(Columns.text("measure"));
    for (String name :
        List.of(
            "sites",
            "n",
            "n_ok",
            "n_by_construction",
            "n_degenerate_baseline",
            "n_no_baseline",
            "n_not_finite",
            "n_failed")) {
      columns.add(Columns.integer(name));
    }
    for (String name :
        List.of(
            "mean_of_ratios",
            "standard_deviation",
            "t_low",
            "t_high",
            "bootstrap_low",
            "bootstrap_high",
            "minimum",
            "quantile_05",
            "quantile_25",
            "median",
            "quantile_75",
            "quantile_95",
            "maximum",
            "average_total_effect",
            "average_indirect_effect",
            "ratio_of_means",
            "ratio_of_means_low",
            "ratio_of_means_high",
            "p_value",
            "q_value")) {
      columns.add(Columns.optionalNumber(name));
    }
    columns.add(Columns.optionalInteger("rank"));
    columns.add(Columns.optionalNumber("sufficiency"));
    columns.add(Columns.optionalNumber("necessity"));
    columns.add(Columns.optionalFlag("sufficient"));
    columns.add(Columns.optionalFlag("necessary"));
    return columns;
  }

  public static void write(
      OutputFile file,
      Configuration configuration,
      AggregateSource source,
      String studyId,
      Iterable<AggregateRow> rows)
      throws IOException {
    ParquetFiles.write(
        file,
        configuration,
        SCHEMA,
        source.toMetadata(),
        ParquetFiles.Encoding.plain(NUMBERS),
        rows,
        (writer, row) -> fields(writer, studyId, row));
  }

  private static void fields(RowWriter writer, String studyId, AggregateRow row) {
    SiteColumns site = row.group().site();
    writer.text("study_id", studyId);
    writer.text("sweep", site.sweep());
    writer.text("grouping", row.group().grouping().label());
    writer.text("direction", site.direction());
    writer.text("component", site.component());
    writer.integer("layer", site.layer());
    writer.integer("head", site.head());
    writer.integer("position", site.position());
    writer.text("position_label", site.positionLabel());
    writer.integer("window", site.window());
    writer.text("value", site.value());
    writer.text("corruption", site.corruption());
    writer.integer("source_position", site.sourcePosition());
    writer.text("receiver", site.receiver());
    writer.text("metric", row.group().metric());
    writer.text("tag", row.tag().map(PairTag::name));
    writer.text("tag_value", row.tag().map(PairTag::value));
    writer.text("measure", row.measure().label());
    writer.integer("sites", row.sites());
    writer.integer("n", row.statistics().pairs());
    StatusCounts counts = row.counts();
    writer.integer("n_ok", counts.ok());
    writer.integer("n_by_construction", counts.byConstruction());
    writer.integer("n_degenerate_baseline", counts.degenerateBaseline());
    writer.integer("n_no_baseline", counts.noBaseline());
    writer.integer("n_not_finite", counts.notFinite());
    writer.integer("n_failed", counts.failed());
    GroupStatistics statistics = row.statistics();
    number(writer, "mean_of_ratios", statistics.mean());
    number(writer, "standard_deviation", statistics.standardDeviation());
    number(writer, "t_low", statistics.tLow());
    number(writer, "t_high", statistics.tHigh());
    number(writer, "bootstrap_low", statistics.bootstrapLow());
    number(writer, "bootstrap_high", statistics.bootstrapHigh());
    number(writer, "minimum", statistics.minimum());
    number(writer, "quantile_05", statistics.quantile05());
    number(writer, "quantile_25", statistics.quantile25());
    number(writer, "median", statistics.median());
    number(writer, "quantile_75", statistics.quantile75());
    number(writer, "quantile_95", statistics.quantile95());
    number(writer, "maximum", statistics.maximum());
    number(writer, "average_total_effect", statistics.averageTotalEffect());
    number(writer, "average_indirect_effect", statistics.averageIndirectEffect());
    number(writer, "ratio_of_means", statistics.ratioOfMeans());
    number(writer, "ratio_of_means_low", statistics.ratioOfMeansLow());
    number(writer, "ratio_of_means_high", statistics.ratioOfMeansHigh());
    number(writer, "p_value", statistics.pValue());
    FamilyPlace place = row.place();
    number(writer, "q_value", place.qValue());
    writer.integer("rank", place.rank());
    number(writer, "sufficiency", place.sufficiency());
    number(writer, "necessity", place.necessity());
    writer.flag("sufficient", place.sufficient());
    writer.flag("necessary", place.necessary());
  }

  private static void number(RowWriter writer, String column, double value) {
    writer.number(column, Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value));
  }
}
