-- Which layers matter? One row a component and layer (of paths also a receiver): all its heads, positions, labels and source positions together.
-- parameter: sweep string = null
-- parameter: direction string = null
-- parameter: metric string = null
-- parameter: component string = null
-- parameter: tag string = null
-- parameter: tag_value string = null
-- column: sweep string
-- column: direction string
-- column: metric string
-- column: component string
-- column: receiver string
-- column: layer int
-- column: window int
-- column: sites int, averaged within a pair
-- column: n int, pairs
-- column: mean_effect double, the mean of ratios
-- column: t_low double
-- column: t_high double
-- column: bootstrap_low double
-- column: bootstrap_high double
-- column: median_effect double
-- column: ratio_of_means double
-- column: ratio_of_means_low double
-- column: ratio_of_means_high double
-- column: average_indirect_effect double, in the metric's unit
-- column: p_value double
-- column: q_value double
-- column: rank int, in the sweep, direction and metric
SELECT
  a.sweep, a.direction, a.metric, a.component, a.receiver, a.layer, a.window AS window, a.sites,
  a.n, a.mean_of_ratios AS mean_effect, a.t_low, a.t_high, a.bootstrap_low, a.bootstrap_high,
  a.median AS median_effect, a.ratio_of_means, a.ratio_of_means_low, a.ratio_of_means_high,
  a.average_indirect_effect, a.p_value, a.q_value, a.rank AS rank
FROM aggregates a CROSS JOIN parameters p
WHERE a.grouping = 'layer' AND a.measure = 'effect'
  AND (p.sweep IS NULL OR a.sweep = p.sweep)
  AND (p.direction IS NULL OR a.direction = p.direction)
  AND (p.metric IS NULL OR a.metric = p.metric)
  AND (p.component IS NULL OR a.component = p.component)
  AND a.tag IS NOT DISTINCT FROM p.tag
  AND a.tag_value IS NOT DISTINCT FROM p.tag_value
ORDER BY a.sweep, a.direction, a.metric, a.component, a.receiver NULLS FIRST, a.layer, a.window
