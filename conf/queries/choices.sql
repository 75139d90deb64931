-- What is there to choose from?
-- column: name string, of a parameter
-- column: choice string
-- column: parent string, for a tag_value its tag
-- column: number bigint, rows of aggregates
WITH sites AS (
  SELECT sweep, direction, metric, component, position_label, tag, tag_value
  FROM aggregates
  WHERE measure = 'effect' AND grouping = 'site'
), choices AS (
  SELECT 'sweep' AS name, sweep AS choice, CAST(NULL AS STRING) AS parent FROM sites
  UNION ALL
  SELECT 'direction', direction, CAST(NULL AS STRING) FROM sites
  UNION ALL
  SELECT 'metric', metric, CAST(NULL AS STRING) FROM sites
  UNION ALL
  SELECT 'component', component, CAST(NULL AS STRING) FROM sites
  UNION ALL
  SELECT 'position_label', position_label, CAST(NULL AS STRING) FROM sites
  WHERE position_label IS NOT NULL
  UNION ALL
  SELECT 'tag', tag, CAST(NULL AS STRING) FROM sites WHERE tag IS NOT NULL
  UNION ALL
  SELECT 'tag_value', tag_value, tag FROM sites WHERE tag IS NOT NULL
)
SELECT c.name, c.choice, c.parent, count(*) AS number
FROM choices c
GROUP BY c.name, c.choice, c.parent
ORDER BY c.name, c.parent NULLS FIRST, c.choice
