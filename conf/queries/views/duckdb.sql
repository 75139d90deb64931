-- The views that the queries read, over the results in {dir}, for DuckDB.
CREATE OR REPLACE TEMPORARY VIEW cells AS SELECT * FROM read_parquet('{dir}/cells/*.parquet');
CREATE OR REPLACE TEMPORARY VIEW pairs AS SELECT * FROM read_parquet('{dir}/pairs/*.parquet');
CREATE OR REPLACE TEMPORARY VIEW aggregates AS SELECT * FROM read_parquet('{dir}/aggregates/*.parquet');
CREATE OR REPLACE TEMPORARY VIEW tokens AS
  SELECT
    pair_id, CAST(unnest(range(greatest(len(clean_token_texts), len(corrupted_token_texts)))) AS INT) AS position,
    unnest(clean_token_texts) AS clean_token, unnest(corrupted_token_texts) AS corrupted_token
  FROM pairs;
CREATE OR REPLACE TEMPORARY VIEW manifest AS
  SELECT
    event, run, "at" AS recorded_at, task, CAST(details.tasks AS BIGINT) AS tasks, counts.cells AS cells,
    counts.failedCells AS failed_cells, counts.auditedCells AS audited_cells, reason, outcome,
    exitCode AS exit_code
  FROM read_json(
    '{dir}/manifest/*.jsonl', format = 'newline_delimited',
    columns = {event: 'VARCHAR', run: 'VARCHAR', "at": 'VARCHAR', task: 'INT',
      details: 'STRUCT(tasks VARCHAR)',
      counts: 'STRUCT(cells BIGINT, failedCells BIGINT, auditedCells BIGINT)',
      reason: 'VARCHAR', outcome: 'VARCHAR', exitCode: 'INT'});

-- The second study, if there is one.
CREATE OR REPLACE TEMPORARY VIEW other_aggregates AS SELECT * FROM read_parquet('{other}/aggregates/*.parquet');
