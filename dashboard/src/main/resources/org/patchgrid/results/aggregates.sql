-- What can be said of {cells} without resampling, as the table {name}.
-- A row of cells becomes one of the measure effect and one of recovery.
CREATE TEMP TABLE groups AS
WITH measures AS (
  SELECT *, 'effect' AS measure, effect AS measured FROM {cells}
  UNION ALL SELECT *, 'recovery', recovery FROM {cells}
), of_layers AS (
  SELECT study_id, sweep, direction, component, layer, NULL::INTEGER AS head,
    NULL::INTEGER AS position, NULL::VARCHAR AS position_label, "window", value, corruption,
    NULL::INTEGER AS source_position, receiver, metric, measure,
    count(DISTINCT (head, position, position_label, source_position)) AS sites, pair_id,
    {count of each status},
    avg(measured) FILTER (status = 'ok') AS measured,
    avg(clean - corrupted) FILTER (status = 'ok' AND patched IS NOT NULL) AS total,
    avg(CASE WHEN measure = 'effect' AND direction = 'noising' THEN clean - patched
      ELSE patched - corrupted END) FILTER (status = 'ok') AS indirect
  FROM measures GROUP BY ALL
), of_sites AS (
  SELECT study_id, sweep, direction, component, layer, head, position, position_label, "window",
    value, corruption, source_position, receiver, metric, measure, 1 AS sites, pair_id,
    {each status of one},
    CASE WHEN status = 'ok' THEN measured END AS measured,
    CASE WHEN status = 'ok' AND patched IS NOT NULL THEN clean - corrupted END AS total,
    CASE WHEN status <> 'ok' THEN NULL
      WHEN measure = 'effect' AND direction = 'noising' THEN clean - patched
      ELSE patched - corrupted END AS indirect
  FROM measures
), of_pairs AS (
  SELECT 'layer' AS grouping, * FROM of_layers UNION ALL SELECT 'site', * FROM of_sites
)
SELECT study_id, sweep, direction, component, layer, head, position, position_label, "window",
  value, corruption, source_position, receiver, metric, measure, grouping,
  CAST(max(sites) AS INTEGER) AS sites, CAST(count(measured) AS INTEGER) AS n,
  {sum of each status},
  avg(measured) AS mean_of_ratios, stddev_samp(measured) AS standard_deviation,
  min(measured) AS minimum, quantile_cont(measured, [0.05, 0.25, 0.5, 0.75, 0.95]) AS q,
  q[1] AS quantile_05, q[2] AS quantile_25, q[3] AS median, q[4] AS quantile_75,
  q[5] AS quantile_95, max(measured) AS maximum, avg(total) AS average_total_effect,
  avg(indirect) AS average_indirect_effect
FROM of_pairs
GROUP BY study_id, sweep, direction, component, layer, head, position, position_label, "window",
  value, corruption, source_position, receiver, metric, measure, grouping;

CREATE TABLE {name} AS
WITH stats AS (
  SELECT g.*, standard_deviation / sqrt(n) * t AS half FROM groups g LEFT JOIN quantiles USING (n)
), ranked AS (
  SELECT *, CASE WHEN measure = 'effect' AND mean_of_ratios IS NOT NULL THEN CAST(rank() OVER (
      PARTITION BY sweep, grouping, direction, "window", metric, measure
      ORDER BY mean_of_ratios DESC NULLS LAST) AS INTEGER) END AS rank
  FROM stats
), keyed AS (
  SELECT *,
    CASE WHEN measure = 'effect' THEN
      max(CASE WHEN direction = 'denoising' THEN mean_of_ratios END) OVER same END AS restoring,
    CASE WHEN measure = 'effect' THEN
      max(CASE WHEN direction = 'noising' THEN mean_of_ratios END) OVER same END AS breaking
  FROM ranked WINDOW same AS (
    PARTITION BY sweep, grouping, component, layer, head, position, position_label, "window",
      source_position, receiver, metric, measure)
)
SELECT study_id, sweep, grouping, direction, component, layer, head, position, position_label,
  "window", value, corruption, source_position, receiver, metric, CAST(NULL AS VARCHAR) AS tag,
  CAST(NULL AS VARCHAR) AS tag_value, measure, sites, n, n_ok, n_by_construction,
  n_degenerate_baseline, n_no_baseline, n_not_finite, n_failed, mean_of_ratios,
  standard_deviation, mean_of_ratios - half AS t_low, mean_of_ratios + half AS t_high,
  CAST(NULL AS DOUBLE) AS bootstrap_low, CAST(NULL AS DOUBLE) AS bootstrap_high, minimum,
  quantile_05, quantile_25, median, quantile_75, quantile_95, maximum, average_total_effect,
  average_indirect_effect,
  average_indirect_effect / nullif(average_total_effect, 0) AS ratio_of_means,
  CAST(NULL AS DOUBLE) AS ratio_of_means_low, CAST(NULL AS DOUBLE) AS ratio_of_means_high,
  CAST(NULL AS DOUBLE) AS p_value, CAST(NULL AS DOUBLE) AS q_value, rank,
  CASE WHEN breaking IS NOT NULL THEN restoring END AS sufficiency,
  CASE WHEN restoring IS NOT NULL THEN breaking END AS necessity,
  CAST(NULL AS BOOLEAN) AS sufficient, CAST(NULL AS BOOLEAN) AS necessary
FROM keyed
