-- What does an ablation change? patched - clean in the metric's own unit, also where there is no corrupted prompt to compare with.
-- parameter: sweep string = null
-- parameter: metric string = null
-- parameter: component string = null
-- column: sweep string
-- column: metric string
-- column: rank bigint, 1 + the number of sites with a larger mean change, whatever its sign
-- column: component string
-- column: layer int
-- column: head int
-- column: position int
-- column: position_label string
-- column: source_position int
-- column: receiver string
-- column: window int
-- column: value string, what is written
-- column: n bigint, pairs
-- column: mean_change double, mean of patched - clean
-- column: standard_deviation double, n - 1
-- column: low double, mean - 1.96 standard errors
-- column: high double
-- column: average_clean double, the metric's mean without the ablation
-- narrows cells: sweep, metric, component
WITH changes AS (
  SELECT
    c.sweep, c.metric, c.component, c.layer, c.head, c.position, c.position_label, c.source_position, c.receiver,
    c.window AS window, c.value,
    count(*) AS n, avg(c.patched - c.clean) AS mean_change,
    CASE WHEN count(*) > 1 THEN stddev_samp(c.patched - c.clean) END AS standard_deviation, avg(c.clean) AS average_clean
  FROM cells c CROSS JOIN parameters p
  WHERE c.value IN ('zero', 'mean') AND c.status IN ('ok', 'no_baseline', 'degenerate_baseline')
    AND c.patched IS NOT NULL AND c.clean IS NOT NULL
    AND (p.sweep IS NULL OR c.sweep = p.sweep)
    AND (p.metric IS NULL OR c.metric = p.metric)
    AND (p.component IS NULL OR c.component = p.component)
  GROUP BY
    c.sweep, c.metric, c.component, c.layer, c.head, c.position, c.position_label, c.source_position, c.receiver,
    c.window, c.value
)
SELECT
  g.sweep, g.metric, CAST(rank() OVER (PARTITION BY g.sweep, g.metric ORDER BY abs(g.mean_change) DESC) AS BIGINT) AS rank,
  g.component, g.layer, g.head, g.position, g.position_label, g.source_position, g.receiver, g.window AS window, g.value, g.n,
  g.mean_change, g.standard_deviation, g.mean_change - 1.96 * g.standard_deviation / sqrt(CAST(g.n AS DOUBLE)) AS low,
  g.mean_change + 1.96 * g.standard_deviation / sqrt(CAST(g.n AS DOUBLE)) AS high, g.average_clean
FROM changes g
ORDER BY
  g.sweep, g.metric, abs(g.mean_change) DESC, g.component, g.layer, g.head NULLS FIRST, g.position NULLS FIRST,
  g.position_label NULLS FIRST, g.source_position NULLS FIRST, g.receiver NULLS FIRST, g.window, g.value
