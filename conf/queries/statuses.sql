-- Where are measurements that do not count, and of which status? Sites and layers with a measurement that is not ok.
-- parameter: sweep string = null
-- parameter: direction string = null
-- parameter: metric string = null
-- column: sweep string
-- column: grouping string, site or layer
-- column: direction string
-- column: metric string
-- column: component string
-- column: layer int
-- column: head int
-- column: position int
-- column: position_label string
-- column: source_position int
-- column: receiver string
-- column: window int
-- column: n int, pairs that count
-- column: n_by_construction int
-- column: n_degenerate_baseline int
-- column: n_no_baseline int
-- column: n_not_finite int
-- column: n_failed int
SELECT a.sweep, a.grouping, a.direction, a.metric, a.component, a.layer, a.head, a.position, a.position_label,
  a.source_position, a.receiver, a.window AS window, a.n,
  a.n_by_construction, a.n_degenerate_baseline, a.n_no_baseline, a.n_not_finite, a.n_failed
FROM aggregates a CROSS JOIN parameters p
WHERE a.measure = 'effect' AND a.tag IS NULL
  AND a.n_by_construction + a.n_degenerate_baseline + a.n_no_baseline + a.n_not_finite + a.n_failed > 0
  AND (p.sweep IS NULL OR a.sweep = p.sweep)
  AND (p.direction IS NULL OR a.direction = p.direction)
  AND (p.metric IS NULL OR a.metric = p.metric)
ORDER BY a.sweep, a.grouping, a.direction, a.metric, a.component, a.layer, a.head NULLS FIRST, a.position NULLS FIRST,
  a.position_label NULLS FIRST, a.source_position NULLS FIRST, a.receiver NULLS FIRST, a.window
