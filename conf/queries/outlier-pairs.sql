-- Which pairs are unlike the others? Distance of a pair's effects from the sites' means, in standard deviations.
-- parameter: sweep string = null
-- parameter: direction string = null
-- parameter: metric string = null
-- parameter: top int = 20, at least 1
-- narrows cells: sweep, direction, metric
-- column: sweep string
-- column: direction string
-- column: metric string
-- column: rank int
-- column: pair_id string
-- column: sites bigint
-- column: mean_effect double
-- column: root_mean_square_z double
-- column: largest_z double, by size, with its sign
-- column: clean string, prompt
-- column: corrupted string, prompt
WITH sites AS (
  SELECT a.*, p.top AS top
  FROM aggregates a CROSS JOIN parameters p
  WHERE a.grouping = 'site' AND a.measure = 'effect' AND a.tag IS NULL AND a.standard_deviation > 0
    AND (p.sweep IS NULL OR a.sweep = p.sweep)
    AND (p.direction IS NULL OR a.direction = p.direction)
    AND (p.metric IS NULL OR a.metric = p.metric)
), distances AS (
  SELECT
    c.sweep, c.direction, c.metric, c.pair_id, c.effect, a.top,
    (c.effect - a.mean_of_ratios) / a.standard_deviation AS z
  FROM cells c JOIN sites a
    ON c.sweep = a.sweep AND c.direction = a.direction AND c.component = a.component
    AND c.layer = a.layer AND c.window = a.window AND c.metric = a.metric
    AND coalesce(c.head, -1) = coalesce(a.head, -1)
    AND coalesce(c.position, -1) = coalesce(a.position, -1)
    AND coalesce(c.position_label, '') = coalesce(a.position_label, '')
    AND coalesce(c.source_position, -1) = coalesce(a.source_position, -1)
    AND coalesce(c.receiver, '') = coalesce(a.receiver, '')
  WHERE c.status = 'ok' AND c.effect IS NOT NULL
), of_pairs AS (
  SELECT
    sweep, direction, metric, pair_id, max(top) AS top, count(*) AS sites,
    avg(effect) AS mean_effect, sqrt(avg(z * z)) AS root_mean_square_z,
    CASE WHEN max(z) >= -min(z) THEN max(z) ELSE min(z) END AS largest_z
  FROM distances
  GROUP BY sweep, direction, metric, pair_id
), numbered AS (
  SELECT
    o.*,
    CAST(row_number() OVER (
      PARTITION BY sweep, direction, metric ORDER BY root_mean_square_z DESC, pair_id) AS INT) AS rank
  FROM of_pairs o
)
SELECT
  o.sweep, o.direction, o.metric, o.rank, o.pair_id, o.sites, o.mean_effect,
  o.root_mean_square_z, o.largest_z, q.clean, q.corrupted
FROM numbered o JOIN pairs q ON o.pair_id = q.pair_id
WHERE o.rank <= o.top
ORDER BY o.sweep, o.direction, o.metric, o.rank
