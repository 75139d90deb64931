-- What did the screen miss? Places that belong to the first by measurement on the sample of pairs, and were not kept.
-- parameter: sweep string = null
-- parameter: direction string = null
-- parameter: metric string = null
-- column: sweep string
-- column: direction string
-- column: metric string
-- column: component string
-- column: layer int
-- column: head int
-- column: position int
-- column: position_label string
-- column: source_position int
-- column: window int
-- column: measured double, mean change of the metric on the sample, without signs
-- column: measured_rank bigint, from the largest
-- column: estimated double, the same of the estimates
-- column: estimated_rank bigint
-- narrows cells: direction, metric
WITH sweeps AS (
  SELECT DISTINCT sweep FROM cells WHERE value = 'attribution'
), screened AS (
  SELECT substr(sweep, 1, length(sweep) - 7) AS sweep FROM sweeps WHERE sweep LIKE '%.screen'
), kinds AS (
  SELECT sweep, sweep AS name, 'measured' AS kind FROM screened
  UNION ALL SELECT sweep, sweep || '.screen', 'estimated' FROM screened
  UNION ALL SELECT sweep, sweep || '.sample', 'sampled' FROM screened
), changes AS (
  SELECT
    k.sweep, k.kind,
    c.direction, c.metric, c.pair_id, c.component, c.layer, c.window AS window, c.head, c.position, c.position_label, c.source_position,
    abs(c.patched - CASE WHEN c.direction = 'denoising' THEN c.corrupted ELSE c.clean END) AS change
  FROM cells c JOIN kinds k ON k.name = c.sweep CROSS JOIN parameters p
  WHERE c.status <> 'by_construction'
    AND (p.direction IS NULL OR c.direction = p.direction)
    AND (p.metric IS NULL OR c.metric = p.metric)
), sampled AS (
  SELECT DISTINCT sweep, pair_id FROM changes WHERE kind = 'sampled'
), places AS (
  SELECT
    c.sweep, c.direction, c.metric, c.component, c.layer, c.window, c.head, c.position, c.position_label, c.source_position,
    avg(CASE WHEN c.kind = 'estimated' AND s.pair_id IS NOT NULL THEN c.change END) AS estimated,
    avg(CASE WHEN c.kind = 'sampled' THEN c.change END) AS measured,
    count(CASE WHEN c.kind = 'measured' THEN 1 END) > 0 AS kept
  FROM changes c LEFT JOIN sampled s ON s.sweep = c.sweep AND s.pair_id = c.pair_id
  GROUP BY c.sweep, c.direction, c.metric, c.component, c.layer, c.window, c.head, c.position, c.position_label, c.source_position
), ranked AS (
  SELECT
    x.*,
    row_number() OVER (PARTITION BY x.sweep, x.direction, x.metric ORDER BY x.measured DESC, x.kept DESC, x.component, x.layer,
      x.head NULLS FIRST, x.position NULLS FIRST, x.position_label NULLS FIRST, x.source_position NULLS FIRST) AS place,
    CAST(rank() OVER (PARTITION BY x.sweep, x.direction, x.metric ORDER BY x.measured DESC) AS BIGINT) AS measured_rank,
    CAST(rank() OVER (PARTITION BY x.sweep, x.direction, x.metric ORDER BY x.estimated DESC) AS BIGINT) AS estimated_rank,
    sum(CASE WHEN x.kept THEN 1 ELSE 0 END) OVER (PARTITION BY x.sweep, x.direction, x.metric) AS all_kept
  FROM places x CROSS JOIN parameters p
  WHERE x.estimated IS NOT NULL AND x.measured IS NOT NULL
    AND (p.sweep IS NULL OR x.sweep = p.sweep)
)
SELECT
  r.sweep, r.direction, r.metric, r.component, r.layer, r.head, r.position, r.position_label, r.source_position, r.window AS window,
  r.measured, r.measured_rank, r.estimated, r.estimated_rank
FROM ranked r
WHERE NOT r.kept AND r.place <= r.all_kept
ORDER BY r.sweep, r.direction, r.metric, r.measured_rank, r.component, r.layer,
  r.head NULLS FIRST, r.position NULLS FIRST, r.position_label NULLS FIRST, r.source_position NULLS FIRST
