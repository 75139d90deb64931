-- One pair: each of its measurements, with the tokens at the site and the mean over all pairs.
-- parameter: pair_id string = required
-- parameter: sweep string = null
-- parameter: direction string = null
-- parameter: metric string = null
-- parameter: component string = null
-- narrows cells: pair_id, sweep, direction, metric, component
-- column: sweep string
-- column: direction string
-- column: component string
-- column: layer int
-- column: head int
-- column: position int
-- column: position_label string
-- column: source_position int
-- column: receiver string
-- column: window int
-- column: clean_token string
-- column: corrupted_token string
-- column: metric string
-- column: clean double
-- column: corrupted double
-- column: patched double
-- column: recovery double
-- column: effect double
-- column: status string
-- column: mean_effect double, over all pairs
-- column: z double, (effect - mean_effect) / standard deviation
SELECT
  c.sweep, c.direction, c.component, c.layer, c.head, c.position, c.position_label,
  c.source_position, c.receiver, c.window AS window, t.clean_token, t.corrupted_token, c.metric,
  c.clean, c.corrupted, c.patched, c.recovery, c.effect, c.status, a.mean_of_ratios AS mean_effect,
  CASE WHEN a.standard_deviation > 0
    THEN (c.effect - a.mean_of_ratios) / a.standard_deviation END AS z
FROM cells c
CROSS JOIN parameters p
LEFT JOIN tokens t ON t.pair_id = c.pair_id AND t.position = c.position
LEFT JOIN aggregates a
  ON a.grouping = 'site' AND a.measure = 'effect' AND a.tag IS NULL
    AND c.sweep = a.sweep AND c.direction = a.direction AND c.component = a.component
    AND c.layer = a.layer AND c.window = a.window AND c.metric = a.metric
    AND coalesce(c.head, -1) = coalesce(a.head, -1)
    AND coalesce(c.position, -1) = coalesce(a.position, -1)
    AND coalesce(c.position_label, '') = coalesce(a.position_label, '')
    AND coalesce(c.source_position, -1) = coalesce(a.source_position, -1)
    AND coalesce(c.receiver, '') = coalesce(a.receiver, '')
WHERE c.pair_id = p.pair_id
  AND (p.sweep IS NULL OR c.sweep = p.sweep)
  AND (p.direction IS NULL OR c.direction = p.direction)
  AND (p.metric IS NULL OR c.metric = p.metric)
  AND (p.component IS NULL OR c.component = p.component)
ORDER BY c.sweep, c.direction, c.component, c.layer, c.head NULLS FIRST, c.position NULLS FIRST,
  c.position_label NULLS FIRST, c.source_position NULLS FIRST, c.receiver NULLS FIRST, c.window, c.metric
