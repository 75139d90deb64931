package org.patchgrid.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.patchgrid.aggregate.AggregateReport;
import org.patchgrid.aggregate.Aggregation;
import org.patchgrid.query.ColumnType;
import org.patchgrid.query.QueryFile;
import org.patchgrid.query.QueryParameter;
import org.patchgrid.query.ResultQueries;
import org.patchgrid.store.AggregateFile;
import org.patchgrid.store.CommittedFiles;
import org.patchgrid.study.PatchgridException;
import org.patchgrid.table.AggregateSource;

/**
 * Aggregates of a simulated study, and every query file in DuckDB and in Spark SQL over them. The
 * two engines share no code with one another and none of their SQL with us.
 */
class AggregatesTest {
  private static final Path QUERIES = Path.of("..", "conf", "queries");
  private static final SimulatedStudy STUDY = new SimulatedStudy(24, 3, 2, 5, 5).withOtherKinds();
  private static final SimulatedStudy OTHER = new SimulatedStudy(18, 3, 2, 5, 18).withOtherKinds();

  /** What tells a row of an answer about sites or layers from its other rows. */
  private static final Set<String> NAMES =
      Set.of(
          "sweep",
          "grouping",
          "direction",
          "metric",
          "component",
          "receiver",
          "layer",
          "head",
          "position",
          "position_label",
          "source_position",
          "window");

  /** For parameters that queries need, and some that narrow. */
  private static final Map<String, String> VALUES =
      Map.of("pair_id", "pair-000003", "component", "mlp", "layer", "1", "top", "4");

  @TempDir private static Path shared = Path.of("");
  private static JavaSparkContext spark = context(2);

  private static JavaSparkContext context(int threads) {
    return new JavaSparkContext(
        "local[" + threads + "]",
        "test",
        new SparkConf().set("spark.ui.enabled", "false").set("spark.sql.shuffle.partitions", "2"));
  }

  private static Path results() {
    return shared.resolve("study's"); // a name that is awkward in SQL
  }

  private static Path other() {
    return shared.resolve("other");
  }

  @BeforeAll
  static void aggregate() throws IOException {
    STUDY.write(results(), STUDY.tasks());
    OTHER.write(other(), OTHER.tasks());
    new Aggregation(spark, hadoop(results())).run();
    new Aggregation(spark, hadoop(other())).run();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static org.apache.hadoop.fs.Path hadoop(Path path) {
    return new org.apache.hadoop.fs.Path(path.toString());
  }

  static List<QueryFile> queries() throws IOException {
    return QueryFile.all(QUERIES);
  }

  @ParameterizedTest
  @MethodSource("queries")
  void bothEnginesGiveTheSameRows(QueryFile query) throws IOException, SQLException {
    for (Map<String, String> chosen : List.of(Map.<String, String>of(), VALUES)) {
      Map<String, String> values = new HashMap<>();
      for (QueryParameter parameter : query.parameters()) {
        if ((parameter.required() || !chosen.isEmpty()) && VALUES.containsKey(parameter.name())) {
          values.put(parameter.name(), VALUES.getOrDefault(parameter.name(), ""));
        }
      }
      List<String> duckDb = new ArrayList<>();
      try (ResultQueries engine =
          ResultQueries.open(
              QUERIES.resolve("views/duckdb.sql"), results(), Optional.of(other()))) {
        engine.run(query, values, row -> duckDb.add(text(row)));
      }
      assertThat(inSpark(query, values)).as(query.name() + " " + values).isEqualTo(duckDb);
      if (chosen.isEmpty()) { // the component that is chosen has no heads
        assertThat(duckDb).as(query.name() + " " + values).isNotEmpty();
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "pair-000003; 0|The|The, 1| capital| capital, 2| of| of, 3| Here| There, 4| is| is",
        SimulatedStudy.WITHOUT_CORRUPTED
            + "; 0|The|null, 1| capital|null, 2| of|null, 3| Here|null, 4| is|null",
        SimulatedStudy.UNEQUAL
            + "; 0|The|The, 1| capital| capital, 2| of| is, 3| Here|null, 4| is|null"
      })
  void everyPairHasItsTokensInBothEngines(String pair, String tokens)
      throws IOException, SQLException {
    QueryFile query = QueryFile.named(QUERIES, "pair-tokens");
    List<String> duckDb = new ArrayList<>();
    try (ResultQueries engine =
        ResultQueries.open(QUERIES.resolve("views/duckdb.sql"), results(), Optional.empty())) {
      engine.run(query, Map.of("pair_id", pair), row -> duckDb.add(text(row)));
      engine.run(
          QueryFile.named(QUERIES, "position-tokens"),
          Map.of(),
          row -> assertThat(row.get(3)).as("pairs").isEqualTo(24L));
    }
    assertThat(duckDb).containsExactly(tokens.split(", ", -1));
    assertThat(inSpark(query, Map.of("pair_id", pair))).isEqualTo(duckDb);
  }

  static List<QueryFile> queriesOfSites() throws IOException {
    return queries().stream()
        .filter(query -> query.columns().stream().anyMatch(c -> c.name().equals("layer")))
        .toList();
  }

  /** Entries of one pattern, or paths to several receivers, would be rows of the same name. */
  @ParameterizedTest
  @MethodSource("queriesOfSites")
  void noTwoRowsAreOfTheSameSite(QueryFile query) throws IOException, SQLException {
    List<String> names = new ArrayList<>();
    for (Map<String, String> row : answers(query, Map.of())) {
      row.keySet().retainAll(NAMES);
      names.add(row.toString());
    }
    assertThat(names).isNotEmpty().doesNotHaveDuplicates();
  }

  private static List<Map<String, String>> answers(QueryFile query, Map<String, String> given)
      throws IOException, SQLException {
    Map<String, String> values = new HashMap<>(given);
    for (QueryParameter parameter : query.parameters()) {
      if (parameter.required()) {
        values.put(parameter.name(), VALUES.getOrDefault(parameter.name(), ""));
      } else if (parameter.name().equals("top")) {
        values.put(parameter.name(), "10000");
      }
    }
    List<Map<String, String>> rows = new ArrayList<>();
    try (ResultQueries engine =
        ResultQueries.open(QUERIES.resolve("views/duckdb.sql"), results(), Optional.of(other()))) {
      engine.run(
          query,
          values,
          row -> {
            Map<String, String> named = new TreeMap<>();
            for (int i = 0; i < row.size(); i++) {
              named.put(query.columns().get(i).name(), String.valueOf(row.get(i)));
            }
            rows.add(named);
          });
    }
    return rows;
  }

  /** Three layers and two heads, and either five entries of the last row or two receivers. */
  @ParameterizedTest
  @CsvSource({
    "top-sites, rank, entries, 30",
    "top-sites, rank, paths, 12",
    "metric-agreement, sites, entries, 30",
    "metric-agreement, sites, paths, 12",
    "outlier-pairs, sites, entries, 30",
    "outlier-pairs, sites, paths, 12",
    "heatmap-layer-position, heads, entries, 2",
    "heatmap-layer-head, positions, entries, 5",
    "heatmap-layer-head, positions, paths, 1",
    "components, layers, entries, 3",
    "components, layers, paths, 3"
  })
  void everySiteIsCountedOnce(String query, String column, String sweep, int most)
      throws IOException, SQLException {
    assertThat(
            answers(QueryFile.named(QUERIES, query), Map.of("sweep", sweep)).stream()
                .mapToInt(row -> Integer.parseInt(String.valueOf(row.get(column))))
                .max())
        .hasValue(most);
  }

  private static List<String> inSpark(QueryFile query, Map<String, String> values)
      throws IOException {
    SparkSession session = SparkSession.builder().sparkContext(spark.sc()).getOrCreate();
    String views = Files.readString(QUERIES.resolve("views/spark.sql"));
    for (String view : views.split(";\\s*\\n", -1)) {
      if (!view.isBlank()) {
        session.sql(
            view.replace("{dir}", results().toString().replace("'", "\\'"))
                .replace("{other}", other().toString()));
      }
    }
    if (!query.parameters().isEmpty()) {
      StructType type = new StructType();
      List<@Nullable Object> row = new ArrayList<>();
      for (QueryParameter parameter : query.parameters()) {
        boolean isText = parameter.type() == ColumnType.STRING;
        type =
            type.add(
                new StructField(
                    parameter.name(),
                    isText ? DataTypes.StringType : DataTypes.IntegerType,
                    true,
                    Metadata.empty()));
        String value = values.getOrDefault(parameter.name(), parameter.defaultText().orElse(""));
        row.add(value.isEmpty() ? null : isText ? value : Integer.valueOf(value));
      }
      session
          .createDataFrame(List.of(RowFactory.create(row.toArray())), type)
          .createOrReplaceTempView("parameters");
    }
    Dataset<Row> result = session.sql(query.sql());
    assertThat(result.columns())
        .containsExactly(
            query.columns().stream().map(column -> column.name()).toArray(String[]::new));
    assertThat(List.of(result.schema().fields()).stream().map(field -> field.dataType().sql()))
        .as(query.name())
        .containsExactlyElementsOf(
            query.columns().stream()
                .map(column -> column.type().label().toUpperCase(Locale.ROOT))
                .toList());
    List<String> rows = new ArrayList<>();
    for (Row row : result.collectAsList()) {
      List<@Nullable Object> fields = new ArrayList<>();
      for (int i = 0; i < row.length(); i++) {
        fields.add(row.get(i));
      }
      rows.add(text(fields));
    }
    return rows;
  }

  /** Engines may add in another order: numbers to ten digits. */
  private static String text(List<@Nullable Object> row) {
    List<String> fields = new ArrayList<>();
    for (Object field : row) {
      if (field instanceof Double number) {
        double size = Math.abs(number) < 1e-12 ? 0 : number;
        fields.add(String.format(Locale.ROOT, "%.9e", size + 0.0));
      } else {
        fields.add(String.valueOf(field));
      }
    }
    return String.join("|", fields);
  }

  @Test
  void bytesDoNotDependOnThePartitions() throws IOException {
    byte[] two = Files.readAllBytes(results().resolve("aggregates/effects.parquet"));
    spark.stop();
    spark = context(5);
    new Aggregation(spark, hadoop(results())).run();
    assertThat(Files.readAllBytes(results().resolve("aggregates/effects.parquet"))).isEqualTo(two);
    try (var files = Files.list(results().resolve("aggregates"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactly("effects.parquet");
    }
  }

  @Test
  void aRunningStudyHasAggregatesOfWhatIsDone(@TempDir Path directory) throws IOException {
    Path running = directory.resolve("running");
    STUDY.write(running, 2);
    AggregateReport report = new Aggregation(spark, hadoop(running)).run();
    assertThat(report.pairs()).isEqualTo(10);
    assertThat(report.source().leftOutTags()).isEmpty();
    Configuration configuration = new Configuration();
    AggregateSource source = AggregateFile.source(hadoop(running), configuration).orElseThrow();
    assertThat(source.tasks()).isEqualTo(2);
    assertThat(CommittedFiles.read(hadoop(running), configuration).areSourceOf(source)).isTrue();

    STUDY.write(running, STUDY.tasks());
    assertThat(CommittedFiles.read(hadoop(running), configuration).areSourceOf(source)).isFalse();
    new Aggregation(spark, hadoop(running)).run();
    assertThat(Files.readAllBytes(running.resolve("aggregates/effects.parquet")))
        .isEqualTo(Files.readAllBytes(results().resolve("aggregates/effects.parquet")));
  }

  @Test
  void whatAKilledAggregateLeftIsCleared(@TempDir Path directory) throws IOException {
    Path study = directory.resolve("study");
    STUDY.write(study, 2);
    Path staging = Files.createDirectories(study.resolve("aggregates/_staging"));
    Files.writeString(staging.resolve("20260101T000000Z-dead-7.parquet"), "half a file");
    Files.writeString(staging.resolve(".20260101T000000Z-dead-7.parquet.crc"), "crc");
    new Aggregation(spark, hadoop(study)).run();
    try (var files = Files.list(study.resolve("aggregates"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactly("effects.parquet");
    }
  }

  @Test
  void aTableThatAnotherAggregateClearedIsNoDamage(@TempDir Path directory) throws IOException {
    Path study = directory.resolve("study");
    STUDY.write(study, 1);
    assertThatThrownBy(
            () ->
                AggregateFile.publish(
                    hadoop(study),
                    new Configuration(),
                    new AggregateFile.Staged("aggregates/_staging/a-1.parquet", 1, 1, "a")))
        .isInstanceOf(PatchgridException.class)
        .hasMessageContaining("Another `aggregate` of '")
        .hasMessageContaining("start again if the study has grown");
  }

  @Test
  void whatWasNotMeasuredIsCountedAndDoesNotEnter() throws SQLException {
    String effects = "'" + results().toString().replace("'", "''") + "/aggregates/*.parquet'";
    String cells = "'" + results().toString().replace("'", "''") + "/cells/*.parquet'";
    assertThat(
            one(
                "SELECT sum(n_ok) || ' ' || sum(n_by_construction) || ' ' || sum(n_failed) FROM "
                    + effects
                    + " WHERE grouping = 'site' AND measure = 'effect' AND tag IS NULL"))
        .isEqualTo(
            one(
                "SELECT count(*) FILTER (status = 'ok') || ' ' || count(*) FILTER (status ="
                    + " 'by_construction') || ' ' || count(*) FILTER (status = 'failed') FROM "
                    + cells));
    assertThat(
            one(
                "SELECT count(*) FROM "
                    + effects
                    + " WHERE component = 'output' AND (n > 0 OR mean_of_ratios IS NOT NULL OR"
                    + " rank IS NOT NULL OR p_value IS NOT NULL OR average_total_effect IS NOT NULL)"))
        .isEqualTo("0");
    // The mean over pairs of the mean over sites, by another engine.
    assertThat(
            one(
                "WITH of_pairs AS (SELECT direction, layer, metric, pair_id, avg(effect) AS effect"
                    + " FROM "
                    + cells
                    + " WHERE sweep = 'heads' AND status = 'ok' GROUP BY ALL), layers AS (SELECT"
                    + " direction, layer, metric, avg(effect) AS effect FROM of_pairs GROUP BY ALL)"
                    + " SELECT count(*) FROM layers l JOIN "
                    + effects
                    + " a ON a.sweep = 'heads' AND a.grouping = 'layer' AND a.measure = 'effect'"
                    + " AND a.tag IS NULL AND a.direction = l.direction AND a.layer = l.layer AND"
                    + " a.metric = l.metric WHERE abs(a.mean_of_ratios - l.effect) < 1e-12"))
        .isEqualTo("18");
  }

  private static String one(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }
}
