-- Which component matters? Its best layer with its interval, and the mean over its layers (of paths also a receiver).
-- parameter: sweep string = null
-- parameter: direction string = null
-- parameter: metric string = null
-- parameter: tag string = null
-- parameter: tag_value string = null
-- column: sweep string
-- column: direction string
-- column: metric string
-- column: component string
-- column: receiver string
-- column: layers int, with a mean
-- column: layers_significant int, with q_value <= 0.05
-- column: mean_effect double, mean over layers of the mean effect
-- column: best_layer int
-- column: best_effect double
-- column: best_low double, of its bootstrap interval
-- column: best_high double
-- column: rank int, by best_effect
WITH layers AS (
  SELECT
    a.sweep, a.direction, a.metric, a.component, a.receiver, a.layer, a.mean_of_ratios,
    a.bootstrap_low, a.bootstrap_high, a.q_value,
    row_number() OVER (
      PARTITION BY a.sweep, a.direction, a.metric, a.component, a.receiver
      ORDER BY a.mean_of_ratios DESC, a.layer, a.window) AS place
  FROM aggregates a CROSS JOIN parameters p
  WHERE a.grouping = 'layer' AND a.measure = 'effect' AND a.mean_of_ratios IS NOT NULL
    AND (p.sweep IS NULL OR a.sweep = p.sweep)
    AND (p.direction IS NULL OR a.direction = p.direction)
    AND (p.metric IS NULL OR a.metric = p.metric)
    AND a.tag IS NOT DISTINCT FROM p.tag
    AND a.tag_value IS NOT DISTINCT FROM p.tag_value
), components AS (
  SELECT
    sweep, direction, metric, component, receiver,
    CAST(count(*) AS INT) AS layers,
    CAST(sum(CASE WHEN q_value <= 0.05 THEN 1 ELSE 0 END) AS INT) AS layers_significant,
    avg(mean_of_ratios) AS mean_effect,
    max(CASE WHEN place = 1 THEN layer END) AS best_layer,
    max(CASE WHEN place = 1 THEN mean_of_ratios END) AS best_effect,
    max(CASE WHEN place = 1 THEN bootstrap_low END) AS best_low,
    max(CASE WHEN place = 1 THEN bootstrap_high END) AS best_high
  FROM layers
  GROUP BY sweep, direction, metric, component, receiver
)
SELECT
  sweep, direction, metric, component, receiver, layers, layers_significant, mean_effect,
  best_layer, best_effect, best_low, best_high,
  CAST(rank() OVER (PARTITION BY sweep, direction, metric ORDER BY best_effect DESC) AS INT) AS rank
FROM components
ORDER BY sweep, direction, metric, rank, component, receiver NULLS FIRST
