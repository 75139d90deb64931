-- The views that the queries read, over the results in {dir}, for Spark SQL.
CREATE OR REPLACE TEMPORARY VIEW cells USING parquet OPTIONS (path '{dir}/cells');
CREATE OR REPLACE TEMPORARY VIEW pairs USING parquet OPTIONS (path '{dir}/pairs');
CREATE OR REPLACE TEMPORARY VIEW aggregates USING parquet OPTIONS (path '{dir}/aggregates');
CREATE OR REPLACE TEMPORARY VIEW tokens AS
  SELECT pair_id, token.position AS position, token.texts.clean_token_texts AS clean_token,
    token.texts.corrupted_token_texts AS corrupted_token
  FROM (
    SELECT pair_id, posexplode(arrays_zip(clean_token_texts, corrupted_token_texts)) AS (position, texts)
    FROM pairs) token;
CREATE OR REPLACE TEMPORARY VIEW manifest_entries (
    event STRING, run STRING, `at` STRING, task INT, details STRUCT<tasks: STRING>,
    counts STRUCT<cells: BIGINT, failedCells: BIGINT, auditedCells: BIGINT>,
    reason STRING, outcome STRING, exitCode INT)
  USING json OPTIONS (path '{dir}/manifest/*.jsonl');
CREATE OR REPLACE TEMPORARY VIEW manifest AS
  SELECT
    event, run, `at` AS recorded_at, task, CAST(details.tasks AS BIGINT) AS tasks, counts.cells AS cells,
    counts.failedCells AS failed_cells, counts.auditedCells AS audited_cells, reason, outcome,
    exitCode AS exit_code
  FROM manifest_entries;

-- The second study, if there is one.
CREATE OR REPLACE TEMPORARY VIEW other_aggregates USING parquet OPTIONS (path '{other}/aggregates');
