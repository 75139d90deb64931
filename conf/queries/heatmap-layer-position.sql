-- Where in the prompt? Layer x position or label; of entries of a pattern layer x position and source position.
-- parameter: sweep string = null
-- parameter: direction string = null
-- parameter: metric string = null
-- parameter: component string = null
-- parameter: receiver string = null
-- parameter: tag string = null
-- parameter: tag_value string = null
-- column: sweep string
-- column: direction string
-- column: metric string
-- column: component string
-- column: receiver string
-- column: layer int
-- column: position int
-- column: position_label string
-- column: source_position int
-- column: heads int, averaged over
-- column: n int, the most pairs of a site
-- column: mean_effect double
-- column: bootstrap_low double, null where heads are averaged
-- column: bootstrap_high double
-- column: q_value double, null where heads are averaged
SELECT
  a.sweep, a.direction, a.metric, a.component, a.receiver, a.layer, a.position, a.position_label,
  a.source_position,
  CAST(count(*) AS INT) AS heads, max(a.n) AS n,
  avg(a.mean_of_ratios) AS mean_effect,
  CASE WHEN count(*) = 1 THEN max(a.bootstrap_low) END AS bootstrap_low,
  CASE WHEN count(*) = 1 THEN max(a.bootstrap_high) END AS bootstrap_high,
  CASE WHEN count(*) = 1 THEN max(a.q_value) END AS q_value
FROM aggregates a CROSS JOIN parameters p
WHERE a.grouping = 'site' AND a.measure = 'effect' AND a.mean_of_ratios IS NOT NULL
  AND (a.position IS NOT NULL OR a.position_label IS NOT NULL OR a.source_position IS NOT NULL)
  AND (p.sweep IS NULL OR a.sweep = p.sweep)
  AND (p.direction IS NULL OR a.direction = p.direction)
  AND (p.metric IS NULL OR a.metric = p.metric)
  AND (p.component IS NULL OR a.component = p.component)
  AND (p.receiver IS NULL OR a.receiver = p.receiver)
  AND a.tag IS NOT DISTINCT FROM p.tag
  AND a.tag_value IS NOT DISTINCT FROM p.tag_value
GROUP BY
  a.sweep, a.direction, a.metric, a.component, a.receiver, a.layer, a.position, a.position_label,
  a.source_position
ORDER BY a.sweep, a.direction, a.metric, a.component, a.receiver NULLS FIRST, a.layer, a.position NULLS FIRST,
  a.position_label NULLS FIRST, a.source_position NULLS FIRST
