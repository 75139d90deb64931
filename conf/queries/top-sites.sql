-- Which sites have the largest mean effect, with intervals?
-- parameter: sweep string = null
-- parameter: direction string = null
-- parameter: metric string = null
-- parameter: component string = null
-- parameter: tag string = null
-- parameter: tag_value string = null
-- parameter: top int = 20, at least 1
-- column: sweep string
-- column: direction string
-- column: metric string
-- column: rank int
-- column: component string
-- column: layer int
-- column: head int
-- column: position int
-- column: position_label string
-- column: source_position int
-- column: receiver string
-- column: window int
-- column: n int
-- column: mean_effect double
-- column: t_low double
-- column: t_high double
-- column: bootstrap_low double
-- column: bootstrap_high double
-- column: median_effect double
-- column: ratio_of_means double
-- column: average_indirect_effect double
-- column: p_value double
-- column: q_value double
WITH numbered AS (
  SELECT
    a.sweep, a.direction, a.metric, a.rank AS rank, a.component, a.layer, a.head, a.position,
    a.position_label, a.source_position, a.receiver, a.window AS window, a.n,
    a.mean_of_ratios AS mean_effect, a.t_low, a.t_high, a.bootstrap_low, a.bootstrap_high, a.median AS median_effect, a.ratio_of_means,
    a.average_indirect_effect, a.p_value, a.q_value, p.top AS top,
    row_number() OVER (
      PARTITION BY a.sweep, a.direction, a.metric
      ORDER BY a.mean_of_ratios DESC, a.component, a.layer, a.head NULLS FIRST,
        a.position NULLS FIRST, a.position_label NULLS FIRST, a.source_position NULLS FIRST, a.receiver NULLS FIRST,
        a.window) AS place
  FROM aggregates a CROSS JOIN parameters p
  WHERE a.grouping = 'site' AND a.measure = 'effect' AND a.mean_of_ratios IS NOT NULL
    AND (p.sweep IS NULL OR a.sweep = p.sweep)
    AND (p.direction IS NULL OR a.direction = p.direction)
    AND (p.metric IS NULL OR a.metric = p.metric)
    AND (p.component IS NULL OR a.component = p.component)
    AND a.tag IS NOT DISTINCT FROM p.tag
    AND a.tag_value IS NOT DISTINCT FROM p.tag_value
)
SELECT
  s.sweep, s.direction, s.metric, s.rank, s.component, s.layer, s.head, s.position,
  s.position_label, s.source_position, s.receiver, s.window, s.n, s.mean_effect, s.t_low, s.t_high,
  s.bootstrap_low, s.bootstrap_high, s.median_effect, s.ratio_of_means, s.average_indirect_effect, s.p_value,
  s.q_value
FROM numbered s
WHERE s.place <= s.top
ORDER BY s.sweep, s.direction, s.metric, s.place
