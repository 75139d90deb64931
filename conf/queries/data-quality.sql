-- What could not be measured, and why?
-- column: subject string, pairs, measurements or sweeps
-- column: metric string, null for pairs
-- column: status string, one_effect for a sweep whose effects are all the same number
-- column: reason string, null for measurements; of a sweep its name and direction
-- column: number bigint
-- column: share double
WITH counted AS (
  SELECT 'pairs' AS subject, CAST(NULL AS STRING) AS metric, status, reason, count(*) AS number
  FROM pairs
  GROUP BY status, reason
  UNION ALL
  SELECT 'measurements' AS subject, metric, status, CAST(NULL AS STRING) AS reason, count(*) AS number
  FROM cells
  GROUP BY metric, status
  UNION ALL
  SELECT 'sweeps' AS subject, metric, 'one_effect' AS status, concat(sweep, ', ', direction) AS reason, count(*) AS number
  FROM cells
  WHERE status = 'ok' AND effect IS NOT NULL
  GROUP BY sweep, direction, metric
  HAVING count(*) > 1 AND min(effect) = max(effect)
)
SELECT
  c.subject, c.metric, c.status, c.reason, c.number,
  CAST(c.number AS DOUBLE) / sum(c.number) OVER (PARTITION BY c.subject, c.metric) AS share
FROM counted c
ORDER BY c.subject, c.metric NULLS FIRST, c.status, c.reason NULLS FIRST
