-- Do the metrics agree on which sites matter? Correlation over sites of the mean effect, for each two metrics.
-- parameter: sweep string = null
-- parameter: direction string = null
-- parameter: tag string = null
-- parameter: tag_value string = null
-- parameter: top int = 10, at least 1
-- column: sweep string
-- column: direction string
-- column: metric_a string
-- column: metric_b string
-- column: sites bigint, that both have
-- column: pearson double
-- column: spearman double
-- column: common_top bigint, sites among the first of both metrics
WITH ranked AS (
  SELECT
    a.sweep, a.direction, a.metric, a.component, a.layer, a.window AS window, a.head, a.position,
    a.position_label, a.source_position, a.receiver, a.mean_of_ratios AS mean_effect, a.rank AS rank, p.top AS top
  FROM aggregates a CROSS JOIN parameters p
  WHERE a.grouping = 'site' AND a.measure = 'effect' AND a.mean_of_ratios IS NOT NULL
    AND (p.sweep IS NULL OR a.sweep = p.sweep)
    AND (p.direction IS NULL OR a.direction = p.direction)
    AND a.tag IS NOT DISTINCT FROM p.tag
    AND a.tag_value IS NOT DISTINCT FROM p.tag_value
), both_metrics AS (
  SELECT
    a.sweep, a.direction, a.metric AS metric_a, b.metric AS metric_b,
    a.mean_effect AS effect_a, b.mean_effect AS effect_b,
    a.rank <= a.top AND b.rank <= b.top AS common
  FROM ranked a JOIN ranked b
    ON a.metric < b.metric AND a.sweep = b.sweep AND a.direction = b.direction AND a.component = b.component
    AND a.layer = b.layer AND a.window = b.window
    AND coalesce(a.head, -1) = coalesce(b.head, -1)
    AND coalesce(a.position, -1) = coalesce(b.position, -1)
    AND coalesce(a.position_label, '') = coalesce(b.position_label, '')
    AND coalesce(a.source_position, -1) = coalesce(b.source_position, -1)
    AND coalesce(a.receiver, '') = coalesce(b.receiver, '')
), site_ranks AS (
  -- Ties share the mean of their places, as Spearman's coefficient wants it.
  SELECT
    sweep, direction, metric_a, metric_b, effect_a, effect_b, common,
    rank() OVER (PARTITION BY sweep, direction, metric_a, metric_b ORDER BY effect_a)
      + (count(*) OVER (PARTITION BY sweep, direction, metric_a, metric_b, effect_a) - 1) / 2.0 AS rank_a,
    rank() OVER (PARTITION BY sweep, direction, metric_a, metric_b ORDER BY effect_b)
      + (count(*) OVER (PARTITION BY sweep, direction, metric_a, metric_b, effect_b) - 1) / 2.0 AS rank_b
  FROM both_metrics
)
SELECT
  sweep, direction, metric_a, metric_b, count(*) AS sites,
  CASE WHEN min(effect_a) < max(effect_a) AND min(effect_b) < max(effect_b)
    THEN corr(effect_a, effect_b) END AS pearson,
  CASE WHEN min(effect_a) < max(effect_a) AND min(effect_b) < max(effect_b)
    THEN corr(CAST(rank_a AS DOUBLE), CAST(rank_b AS DOUBLE)) END AS spearman,
  count(CASE WHEN common THEN 1 END) AS common_top
FROM site_ranks
GROUP BY sweep, direction, metric_a, metric_b
ORDER BY sweep, direction, metric_a, metric_b
