-- How good was the screen? Estimates against measurements on the sample of pairs on which every place was measured.
-- parameter: sweep string = null
-- parameter: direction string = null
-- parameter: metric string = null
-- column: sweep string
-- column: direction string
-- column: metric string
-- column: places bigint, that were estimated and measured on the sample
-- column: kept bigint, of them those that the screen chose to be measured on every pair
-- column: sampled_pairs bigint, the most that a place has
-- column: without_effect bigint, of the places those with neither an estimate nor a measurement other than 0 (before the first difference)
-- column: rank_correlation double, Spearman's over the other places: mean estimated and mean measured change of the metric, without signs
-- column: missed bigint, places among the first by measurement, as many as were kept, that were not kept
-- column: found double, change at the kept places, as a share of that at the first by measurement
-- column: largest_missed double, the largest mean measured change of a place that was not kept
-- column: largest double, the largest mean measured change of all
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
    count(CASE WHEN c.kind = 'sampled' THEN c.change END) AS pairs,
    count(CASE WHEN c.kind = 'measured' THEN 1 END) > 0 AS kept
  FROM changes c LEFT JOIN sampled s ON s.sweep = c.sweep AND s.pair_id = c.pair_id
  GROUP BY c.sweep, c.direction, c.metric, c.component, c.layer, c.window, c.head, c.position, c.position_label, c.source_position
), ranked AS (
  -- Ties share the mean of their places, as Spearman's coefficient wants it.
  SELECT
    x.sweep, x.direction, x.metric, x.measured, x.estimated, x.pairs, x.kept, x.zero,
    rank() OVER (PARTITION BY x.sweep, x.direction, x.metric, x.zero ORDER BY x.estimated)
      + (count(*) OVER (PARTITION BY x.sweep, x.direction, x.metric, x.zero, x.estimated) - 1) / 2.0 AS estimated_rank,
    rank() OVER (PARTITION BY x.sweep, x.direction, x.metric, x.zero ORDER BY x.measured)
      + (count(*) OVER (PARTITION BY x.sweep, x.direction, x.metric, x.zero, x.measured) - 1) / 2.0 AS measured_rank,
    row_number() OVER (PARTITION BY x.sweep, x.direction, x.metric ORDER BY x.measured DESC, x.kept DESC) AS place,
    sum(CASE WHEN x.kept THEN 1 ELSE 0 END) OVER (PARTITION BY x.sweep, x.direction, x.metric) AS all_kept
  FROM (SELECT s.*, s.estimated = 0 AND s.measured = 0 AS zero FROM places s) x CROSS JOIN parameters p
  WHERE x.estimated IS NOT NULL AND x.measured IS NOT NULL
    AND (p.sweep IS NULL OR x.sweep = p.sweep)
)
SELECT
  sweep, direction, metric, count(*) AS places, count(CASE WHEN kept THEN 1 END) AS kept, max(pairs) AS sampled_pairs,
  count(CASE WHEN zero THEN 1 END) AS without_effect,
  CASE WHEN min(CASE WHEN NOT zero THEN estimated_rank END) < max(CASE WHEN NOT zero THEN estimated_rank END)
      AND min(CASE WHEN NOT zero THEN measured_rank END) < max(CASE WHEN NOT zero THEN measured_rank END)
    THEN corr(
      CASE WHEN NOT zero THEN CAST(estimated_rank AS DOUBLE) END,
      CASE WHEN NOT zero THEN CAST(measured_rank AS DOUBLE) END) END AS rank_correlation,
  count(CASE WHEN NOT kept AND place <= all_kept THEN 1 END) AS missed,
  CASE WHEN sum(CASE WHEN place <= all_kept THEN measured END) > 0
    THEN coalesce(sum(CASE WHEN kept THEN measured END), 0.0) / sum(CASE WHEN place <= all_kept THEN measured END) END AS found,
  max(CASE WHEN NOT kept THEN measured END) AS largest_missed,
  max(measured) AS largest
FROM ranked
GROUP BY sweep, direction, metric
ORDER BY sweep, direction, metric
