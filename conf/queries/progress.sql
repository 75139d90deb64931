-- How far is a running study?
-- column: tasks bigint, of the study
-- column: tasks_done bigint
-- column: share_done double
-- column: tasks_quarantined bigint
-- column: cells bigint
-- column: failed_cells bigint
-- column: audited_cells bigint
-- column: runs bigint
-- column: first_started_at string
-- column: last_finished_at string
WITH tasks_done AS (
  -- A task that two drivers committed is listed twice, with the same counts.
  SELECT
    task, max(cells) AS cells, max(failed_cells) AS failed_cells,
    max(audited_cells) AS audited_cells
  FROM manifest
  WHERE event = 'task-committed'
  GROUP BY task
), given_up AS (
  SELECT DISTINCT m.task
  FROM manifest m LEFT JOIN tasks_done d ON m.task = d.task
  WHERE m.event = 'task-quarantined' AND d.task IS NULL
), done AS (
  SELECT
    count(*) AS tasks_done, coalesce(CAST(sum(cells) AS BIGINT), 0) AS cells,
    coalesce(CAST(sum(failed_cells) AS BIGINT), 0) AS failed_cells,
    coalesce(CAST(sum(audited_cells) AS BIGINT), 0) AS audited_cells
  FROM tasks_done
), lost AS (
  SELECT count(*) AS tasks_quarantined FROM given_up
), runs AS (
  SELECT
    max(CASE WHEN event = 'run-started' THEN tasks END) AS tasks,
    count(DISTINCT CASE WHEN event = 'run-started' THEN run END) AS runs,
    min(CASE WHEN event = 'run-started' THEN recorded_at END) AS first_started_at,
    max(CASE WHEN event = 'run-finished' THEN recorded_at END) AS last_finished_at
  FROM manifest
)
SELECT
  r.tasks, d.tasks_done, CAST(d.tasks_done AS DOUBLE) / r.tasks AS share_done,
  l.tasks_quarantined, d.cells, d.failed_cells, d.audited_cells, r.runs,
  r.first_started_at, r.last_finished_at
FROM runs r CROSS JOIN done d CROSS JOIN lost l
