-- How are the effects distributed? A histogram of all measured effects of each component (of paths also a receiver); effects beyond -0.5 and 1.5 are in the outer bins.
-- parameter: sweep string = null
-- parameter: direction string = null
-- parameter: metric string = null
-- parameter: component string = null
-- parameter: bins int = 40, at least 1
-- narrows cells: sweep, direction, metric, component
-- column: sweep string
-- column: direction string
-- column: metric string
-- column: component string
-- column: receiver string
-- column: bin int, from 0
-- column: low double
-- column: high double
-- column: measurements bigint
WITH binned AS (
  SELECT
    c.sweep, c.direction, c.metric, c.component, c.receiver, p.bins AS bins,
    CAST(least(greatest(floor((c.effect + 0.5) / 2.0 * p.bins), 0), p.bins - 1) AS INT) AS bin
  FROM cells c CROSS JOIN parameters p
  WHERE c.status = 'ok' AND c.effect IS NOT NULL
    AND (p.sweep IS NULL OR c.sweep = p.sweep)
    AND (p.direction IS NULL OR c.direction = p.direction)
    AND (p.metric IS NULL OR c.metric = p.metric)
    AND (p.component IS NULL OR c.component = p.component)
)
SELECT
  sweep, direction, metric, component, receiver, bin,
  CAST(-0.5 AS DOUBLE) + CAST(2.0 AS DOUBLE) * bin / max(bins) AS low,
  CAST(-0.5 AS DOUBLE) + CAST(2.0 AS DOUBLE) * (bin + 1) / max(bins) AS high,
  count(*) AS measurements
FROM binned
GROUP BY sweep, direction, metric, component, receiver, bin
ORDER BY sweep, direction, metric, component, receiver NULLS FIRST, bin
