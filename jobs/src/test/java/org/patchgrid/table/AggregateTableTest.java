package org.patchgrid.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.StringJoiner;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table as a reader that is not ours sees it. */
class AggregateTableTest {
  private static final Configuration PLAIN = new Configuration();
  private static final AggregateSource SOURCE = new AggregateSource("f", "c", 1, 2, 3, 4, "name");

  @TempDir private Path directory = Path.of("");

  private org.apache.hadoop.fs.Path path() {
    return new org.apache.hadoop.fs.Path(directory.resolve("aggregates.parquet").toString());
  }

  private void write(AggregateRow... rows) throws IOException {
    long written =
        AggregateTable.write(
            HadoopOutputFile.fromPath(path(), PLAIN),
            PLAIN,
            SOURCE,
            "capitals",
            List.of(rows).iterator());
    assertThat(written).isEqualTo(rows.length);
  }

  /** Rows with NAME=value of every column that is not null. */
  private String read() throws SQLException {
    StringJoiner rows = new StringJoiner("\n");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT * FROM '" + path() + "'")) {
      while (result.next()) {
        StringJoiner row = new StringJoiner(" ");
        for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
          Object value = result.getObject(column);
          if (value != null) {
            row.add(result.getMetaData().getColumnName(column) + "=" + value);
          }
        }
        rows.add(row.toString());
      }
    }
    return rows.toString();
  }

  /** Every value another one, so that none can be in the column of another. */
  @Test
  void everyValueIsInItsColumn() throws IOException, SQLException {
    SiteColumns site =
        new SiteColumns(
            "s",
            "noising",
            "self_attn.z",
            31,
            OptionalInt.of(32),
            OptionalInt.of(33),
            Optional.of("subject"),
            34,
            "activation",
            "prompt",
            OptionalInt.of(35),
            Optional.of("final"));
    write(
        new AggregateRow(
            GroupKey.ofSite(site, "l2"),
            Optional.of(new PairTag("relation", "capital")),
            Measure.EFFECT,
            36,
            new StatusCounts(41, 42, 43, 44, 45, 46),
            new GroupStatistics(
                37, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19),
            new FamilyPlace(
                20, OptionalInt.of(21), 22, 23, Optional.of(true), Optional.of(false))));
    assertThat(read())
        .isEqualTo(
            "study_id=capitals sweep=s grouping=site direction=noising component=self_attn.z"
                + " layer=31 head=32 position=33 position_label=subject window=34 value=activation"
                + " corruption=prompt source_position=35 receiver=final metric=l2 tag=relation"
                + " tag_value=capital measure=effect sites=36 n=37 n_ok=41 n_by_construction=42"
                + " n_degenerate_baseline=43 n_no_baseline=44 n_not_finite=45 n_failed=46"
                + " mean_of_ratios=1.0 standard_deviation=2.0 t_low=3.0 t_high=4.0"
                + " bootstrap_low=5.0 bootstrap_high=6.0 minimum=7.0 quantile_05=8.0"
                + " quantile_25=9.0 median=10.0 quantile_75=11.0 quantile_95=12.0 maximum=13.0"
                + " average_total_effect=14.0 average_indirect_effect=15.0 ratio_of_means=16.0"
                + " ratio_of_means_low=17.0 ratio_of_means_high=18.0 p_value=19.0 q_value=20.0"
                + " rank=21 sufficiency=22.0 necessity=23.0 sufficient=true necessary=false");
  }

  @Test
  void whatIsUndefinedIsNull() throws IOException, SQLException {
    double none = Double.NaN;
    OptionalInt no = OptionalInt.empty();
    SiteColumns site =
        new SiteColumns(
            "s", "d", "mlp", 0, no, no, Optional.empty(), 1, "v", "p", no, Optional.empty());
    GroupStatistics undefined =
        new GroupStatistics(
            0, none, none, none, none, none, none, none, none, none, none, none, none, none, none,
            none, none, none, none, none);
    write(
        new AggregateRow(
            GroupKey.ofSite(site, "l2").wholeLayer(),
            Optional.empty(),
            Measure.RECOVERY,
            1,
            new StatusCounts(0, 0, 0, 0, 0, 0),
            undefined,
            FamilyPlace.NONE));
    assertThat(read())
        .isEqualTo(
            "study_id=capitals sweep=s grouping=layer direction=d component=mlp layer=0 window=1"
                + " value=v corruption=p metric=l2 measure=recovery sites=1 n=0 n_ok=0"
                + " n_by_construction=0 n_degenerate_baseline=0 n_no_baseline=0 n_not_finite=0"
                + " n_failed=0");
  }

  @Test
  void theFooterSaysWhatItWasMadeFrom() throws IOException {
    write();
    assertThat(AggregateSource.read(HadoopInputFile.fromPath(path(), PLAIN), PLAIN))
        .isEqualTo(SOURCE);
    CellTable.write(
        HadoopOutputFile.fromPath(path().suffix("-cells"), PLAIN),
        PLAIN,
        FooterTag.ofTask("f", 0),
        "capitals",
        List.of());
    assertThatThrownBy(
            () ->
                AggregateSource.read(
                    HadoopInputFile.fromPath(path().suffix("-cells"), PLAIN), PLAIN))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The footer of aggregates has no patchgrid.cells");
  }

  /** Where recoveries are the effects, their numbers are those of the effects. */
  @Test
  void recoveriesHaveNoPValue() throws IOException, SQLException {
    OptionalInt no = OptionalInt.empty();
    SiteColumns site =
        new SiteColumns(
            "s", "d", "mlp", 0, no, no, Optional.empty(), 1, "v", "p", no, Optional.empty());
    write(
        new AggregateRow(
            GroupKey.ofSite(site, "l2"),
            Optional.empty(),
            Measure.RECOVERY,
            1,
            new StatusCounts(8, 0, 0, 0, 0, 0),
            new GroupStatistics(
                37, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19),
            FamilyPlace.NONE));
    assertThat(read()).endsWith(" ratio_of_means_high=18.0");
  }
}
