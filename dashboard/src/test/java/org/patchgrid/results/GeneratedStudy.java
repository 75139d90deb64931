package org.patchgrid.results;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.patchgrid.query.QueryFile;
import org.patchgrid.report.Study;
import org.patchgrid.report.StudyFacts;

/**
 * A small result directory of invented numbers, written as a run would: five sweeps (whole
 * components, positions, heads at labels, entries of attention patterns, paths), two directions,
 * two metrics, a pair that was skipped, one without a corrupted prompt and a component that is so
 * by construction. Its tables are written by DuckDB.
 */
public final class GeneratedStudy {
  /** A prompt that would be a script if anything took it for markup or for SQL. */
  public static final String HOSTILE = "<img src=x onerror=alert(1)>'; DROP TABLE cells; --";

  private static final String SIGNAL =
      "(CASE WHEN component = 'mlp' THEN 0.9 - 0.2 * layer ELSE 0.1 * layer END)";

  private final Path directory;
  private final String id;
  private int tasks;
  private int list;

  private GeneratedStudy(Path directory, String id) {
    this.directory = directory;
    this.id = id;
  }

  /** A study of which two of three tasks are done, of six pairs each. */
  public static GeneratedStudy write(Path directory, String id) throws IOException, SQLException {
    GeneratedStudy study = new GeneratedStudy(directory, id);
    for (String folder : List.of("cells", "pairs", "manifest")) {
      Files.createDirectories(directory.resolve(folder));
    }
    String text =
        """
        study { id = "%s" }
        model { path = "data/models/atlas-6l", dtype = "float32" }
        prompts { path = "prompts.jsonl" }
        sweeps { heads { positions = { labels = [subject, last] } }, positions { positions = each } }
        metrics = [l2, logit_diff]
        """
            .formatted(id);
    Files.writeString(
        directory.resolve("manifest/study.json"),
        """
        {"formatVersion": 2, "identity": {"studyId": "%s", "fingerprint": "0123456789abcdef",
         "fingerprintParts": {"model": "m"}, "versions": {"java": "17", "spark": "4.2.0"},
         "studyText": %s}}
        """
            .formatted(id, '"' + text.replace("\"", "\\\"").replace("\n", "\\n") + '"'));
    study.list(
        """
        {"event":"run-started","run":"r1","at":"2026-01-01T00:00:00Z","details":{"tasks":"3","engine":"wavefront"}}
        """);
    study.addTask();
    study.addTask();
    return study;
  }

  /** Replaces all cells by what a query makes of them: {@code SELECT ... FROM cells}. */
  public void changeCells(String select) throws IOException, SQLException {
    for (Path file : files().table("cells")) {
      Path changed = Path.of(file + ".tmp");
      try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
          Statement sql = connection.createStatement()) {
        sql.execute("CREATE VIEW cells AS SELECT * FROM '" + file + "'");
        sql.execute("COPY (" + select + ") TO '" + changed + "' (FORMAT parquet)");
      }
      Files.move(changed, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  public Path directory() {
    return directory;
  }

  public StudyFiles files() {
    return new StudyFiles(directory);
  }

  /** Commits one more task, as a run does: pairs, cells, then the listing. */
  public void addTask() throws IOException, SQLException {
    int task = tasks++;
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement sql = connection.createStatement()) {
      sql.execute(
          "CREATE TABLE p AS SELECT i, 'pair-' || lpad(CAST(i AS VARCHAR), 2, '0') AS pair_id, i ="
              + " 5 AS skipped FROM range("
              + 6 * task
              + ", "
              + (6 * task + 6)
              + ") t(i)");
      sql.execute(
          """
          CREATE TABLE pairs AS SELECT '%s' AS study_id, pair_id,
            CASE WHEN skipped THEN 'length_mismatch' ELSE 'ok' END AS status,
            CASE WHEN skipped THEN 'clean has 5 tokens, corrupted 6' END AS reason,
            CASE WHEN i = 1 THEN '%s' ELSE 'City ' || i || ' is in' END AS clean,
            CASE WHEN i <> 4 THEN 'Town ' || i || ' is in' END AS corrupted,
            [1, 2, 3, 4] || CASE WHEN skipped THEN [6] ELSE [] END AS clean_tokens,
            CASE WHEN i = 4 THEN [] ELSE [1, 5, 3, 4] || CASE WHEN skipped THEN [6, 7] ELSE [] END END AS corrupted_tokens,
            ['<|bos|>', CASE WHEN i = 1 THEN '<b>' ELSE 'City' END, 'Ġis', 'Ġin']
              || CASE WHEN skipped THEN ['Ġthe'] ELSE [] END AS clean_token_texts,
            CASE WHEN i = 4 THEN [] ELSE ['<|bos|>', 'Town', 'Ġis', 'Ġin']
              || CASE WHEN skipped THEN ['Ġthe', 'Ġold'] ELSE [] END END AS corrupted_token_texts, 1 AS first_difference,
            CAST(NULL AS INT) AS answer_id, CAST(NULL AS INT) AS foil_id, 0 AS clean_top1, 0 AS corrupted_top1,
            MAP {'subject': '[1, 2)'} AS labels, MAP {'relation': CASE WHEN i %% 2 = 0 THEN 'even' ELSE 'odd' END} AS tags
          FROM p
          """
              .formatted(id, HOSTILE.replace("'", "''")));
      sql.execute(
          """
          CREATE TABLE sites AS
            SELECT 'default' AS sweep, c AS component, CAST(l AS INT) AS layer, CAST(NULL AS INT) AS head, CAST(NULL AS INT) AS position,
              CAST(NULL AS VARCHAR) AS position_label, CAST(NULL AS INT) AS source_position, CAST(NULL AS VARCHAR) AS receiver
            FROM unnest(['mlp', 'self_attn', 'output']) a(c), range(4) b(l)
            UNION ALL SELECT 'positions', 'mlp', CAST(l AS INT), NULL, CAST(t AS INT), NULL, NULL, NULL FROM range(4) b(l), range(4) d(t)
            UNION ALL SELECT 'heads', 'self_attn.z', CAST(l AS INT), CAST(h AS INT), NULL, s, NULL, NULL
              FROM range(4) b(l), range(2) e(h), unnest(['subject', 'last']) f(s)
            UNION ALL SELECT 'entries', 'self_attn.pattern', CAST(l AS INT), NULL, CAST(t AS INT), NULL, CAST(s AS INT), NULL
              FROM range(4) b(l), range(2, 4) d(t), range(3) g(s)
            UNION ALL SELECT 'paths', c, CAST(l AS INT), h, NULL, NULL, NULL, r
              FROM range(3) b(l), (VALUES ('mlp', NULL), ('self_attn.z', 0), ('self_attn.z', 1)) e(c, h),
                unnest(['final', 'self_attn.q_proj@3.0']) f(r)
          """);
      // Recovery is a signal of the site plus what differs from pair to pair, the same in every
      // run.
      sql.execute(
          """
          CREATE TABLE cells AS WITH made AS (
            SELECT s.*, p.pair_id, d.direction, m.metric, s.component = 'output' AS forced,
              %s / (1 + coalesce(s.position, 0) + coalesce(s.head, 0))
                / (1 + coalesce(s.source_position, 0) + CASE WHEN s.receiver = 'final' THEN 1 ELSE 0 END)
                + 0.05 * sin(p.i * 1.7 + s.layer + coalesce(s.position, 0)) AS effect
            FROM sites s, p, unnest(['denoising', 'noising']) d(direction), unnest(['l2', 'logit_diff']) m(metric)
            WHERE NOT p.skipped)
          SELECT '%s' AS study_id, sweep, pair_id, direction, component, layer, head, position, position_label, 1 AS "window",
            'activation' AS value, 'prompt' AS corruption, source_position, receiver,
            metric, CAST(0 AS DOUBLE) AS clean, CAST(10 AS DOUBLE) AS corrupted,
            10 * (1 - CASE WHEN direction = 'denoising' THEN e ELSE 1 - e END) AS patched,
            CASE WHEN direction = 'denoising' THEN e ELSE 1 - e END AS recovery, e AS effect,
            CASE WHEN forced THEN 'by_construction' ELSE 'ok' END AS status
          FROM (SELECT *, CASE WHEN forced THEN 1.0 WHEN metric = 'l2' THEN effect ELSE effect / 2 END AS e FROM made)
          """
              .formatted(SIGNAL, id));
      String name = String.format(Locale.ROOT, "task-%012d.parquet", task);
      for (String table : List.of("pairs", "cells")) {
        Path file = directory.resolve(table).resolve(name);
        sql.execute("COPY " + table + " TO '" + file + ".tmp' (FORMAT parquet)");
        Files.move(Path.of(file + ".tmp"), file);
      }
      list(
          """
          {"event":"task-committed","run":"r1","task":%d,"adopted":false,"files":[{"table":"pairs","path":"pairs/%s","sha256":"p%d"},{"table":"cells","path":"cells/%s","sha256":"c%d"}],"counts":{"cells":150,"failedCells":0,"auditedCells":1,"pairs":{},"rows":{},"recoveryErrors":{}}}
          """
              .formatted(task, name, task, name, task));
    }
  }

  private void list(String line) throws IOException {
    Path file = directory.resolve(String.format(Locale.ROOT, "manifest/r1-%08d.jsonl", list++));
    Path temporary = directory.resolve("manifest-line.tmp");
    Files.writeString(temporary, line.strip() + "\n");
    Files.move(temporary, file);
  }

  /** Adds aggregates that say they were made of what is stored now; intervals are invented. */
  public void addAggregates() throws IOException, SQLException {
    Files.createDirectories(directory.resolve("aggregates"));
    try (StudyResults results = StudyResults.open(views(), files(), Optional.empty())) {
      Path file = directory.resolve("aggregates/effects.parquet");
      results.execute(
          """
          COPY (SELECT * REPLACE (t_low - 0.01 AS bootstrap_low, t_high + 0.01 AS bootstrap_high,
              CASE WHEN measure = 'effect' AND n > 0 THEN 0.001 END AS p_value, CASE WHEN measure = 'effect' AND n > 0 THEN 0.002 END AS q_value)
            FROM (SELECT * FROM aggregates UNION ALL
              SELECT * REPLACE ('relation' AS tag, 'even' AS tag_value, mean_of_ratios + 0.25 AS mean_of_ratios) FROM aggregates))
          TO '%s.tmp' (FORMAT parquet, KV_METADATA {'patchgrid.cells': '%s', 'patchgrid.tasks': '%d', 'patchgrid.resamples': '1000', 'patchgrid.seed': '1'})
          """
              .formatted(file, files().cellsHash(), tasks));
      Files.move(Path.of(file + ".tmp"), file);
    }
  }

  public static Path queries() {
    return Path.of(System.getProperty("patchgrid.root", "")).resolve("conf/queries");
  }

  public static Path views() {
    return queries().resolve("views/duckdb.sql");
  }

  /** To be asked; whoever opens it closes the results. */
  public Study open() throws IOException {
    return Study.of(
        StudyFacts.read(files()),
        StudyResults.open(views(), files(), Optional.empty()),
        QueryFile.all(queries()));
  }
}
