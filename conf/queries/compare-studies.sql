-- Where do two studies differ? Sites that both have, the largest difference first.
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
-- column: layer int
-- column: head int
-- column: position int
-- column: position_label string
-- column: source_position int
-- column: receiver string
-- column: window int
-- column: n int
-- column: other_n int
-- column: mean_effect double
-- column: other_mean_effect double
-- column: difference double, other - this
-- column: standard_error double, of the difference, as of independent studies
-- column: z double
-- column: bootstrap_low double
-- column: bootstrap_high double
-- column: other_bootstrap_low double
-- column: other_bootstrap_high double
-- column: intervals_overlap boolean
WITH one AS (
  SELECT a.*
  FROM aggregates a CROSS JOIN parameters p
  WHERE a.grouping = 'site' AND a.measure = 'effect' AND a.mean_of_ratios IS NOT NULL
    AND (p.sweep IS NULL OR a.sweep = p.sweep)
    AND (p.direction IS NULL OR a.direction = p.direction)
    AND (p.metric IS NULL OR a.metric = p.metric)
    AND (p.component IS NULL OR a.component = p.component)
    AND a.tag IS NOT DISTINCT FROM p.tag
    AND a.tag_value IS NOT DISTINCT FROM p.tag_value
), other AS (
  SELECT a.*
  FROM other_aggregates a CROSS JOIN parameters p
  WHERE a.grouping = 'site' AND a.measure = 'effect' AND a.mean_of_ratios IS NOT NULL
    AND a.tag IS NOT DISTINCT FROM p.tag
    AND a.tag_value IS NOT DISTINCT FROM p.tag_value
), compared AS (
  SELECT
    a.sweep, a.direction, a.metric, a.component, a.layer, a.head, a.position, a.position_label,
    a.source_position, a.receiver, a.window AS window, a.n, b.n AS other_n,
    a.mean_of_ratios AS mean_effect, b.mean_of_ratios AS other_mean_effect, b.mean_of_ratios - a.mean_of_ratios AS difference,
    sqrt(a.standard_deviation * a.standard_deviation / a.n
      + b.standard_deviation * b.standard_deviation / b.n) AS standard_error,
    a.bootstrap_low, a.bootstrap_high, b.bootstrap_low AS other_bootstrap_low,
    b.bootstrap_high AS other_bootstrap_high
  FROM one a JOIN other b
    ON a.metric = b.metric AND a.sweep = b.sweep AND a.direction = b.direction AND a.component = b.component
    AND a.layer = b.layer AND a.window = b.window
    AND coalesce(a.head, -1) = coalesce(b.head, -1)
    AND coalesce(a.position, -1) = coalesce(b.position, -1)
    AND coalesce(a.position_label, '') = coalesce(b.position_label, '')
    AND coalesce(a.source_position, -1) = coalesce(b.source_position, -1)
    AND coalesce(a.receiver, '') = coalesce(b.receiver, '')
)
SELECT
  c.sweep, c.direction, c.metric, c.component, c.layer, c.head, c.position, c.position_label,
  c.source_position, c.receiver, c.window, c.n, c.other_n, c.mean_effect, c.other_mean_effect,
  c.difference, c.standard_error,
  CASE WHEN c.standard_error > 0 THEN c.difference / c.standard_error END AS z,
  c.bootstrap_low, c.bootstrap_high, c.other_bootstrap_low, c.other_bootstrap_high,
  c.bootstrap_low <= c.other_bootstrap_high AND c.other_bootstrap_low <= c.bootstrap_high
    AS intervals_overlap
FROM compared c
ORDER BY c.sweep, c.direction, c.metric, abs(c.difference) DESC, c.component, c.layer,
  c.head NULLS FIRST, c.position NULLS FIRST, c.position_label NULLS FIRST, c.source_position NULLS FIRST,
  c.receiver NULLS FIRST, c.window
