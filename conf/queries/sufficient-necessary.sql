-- Which sites restore the behaviour (sufficient), and which break it (necessary)? Needs both directions.
-- parameter: sweep string = null
-- parameter: metric string = null
-- parameter: component string = null
-- parameter: tag string = null
-- parameter: tag_value string = null
-- column: sweep string
-- column: metric string
-- column: component string
-- column: layer int
-- column: head int
-- column: position int
-- column: position_label string
-- column: source_position int
-- column: receiver string
-- column: window int
-- column: sufficiency double, mean effect of denoising
-- column: necessity double, mean effect of noising
-- column: sufficient boolean
-- column: necessary boolean
SELECT
  a.sweep, a.metric, a.component, a.layer, a.head, a.position, a.position_label, a.source_position, a.receiver,
  a.window AS window, a.sufficiency, a.necessity, a.sufficient, a.necessary
FROM aggregates a CROSS JOIN parameters p
WHERE a.grouping = 'site' AND a.measure = 'effect' AND a.direction = 'denoising'
  AND a.sufficiency IS NOT NULL AND a.necessity IS NOT NULL
  AND (p.sweep IS NULL OR a.sweep = p.sweep)
  AND (p.metric IS NULL OR a.metric = p.metric)
  AND (p.component IS NULL OR a.component = p.component)
  AND a.tag IS NOT DISTINCT FROM p.tag
  AND a.tag_value IS NOT DISTINCT FROM p.tag_value
ORDER BY a.sweep, a.metric, least(a.sufficiency, a.necessity) DESC, a.component, a.layer,
  a.head NULLS FIRST, a.position NULLS FIRST, a.position_label NULLS FIRST, a.source_position NULLS FIRST,
  a.receiver NULLS FIRST, a.window
