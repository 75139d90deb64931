-- One site: each pair's measurement there, the largest effect first. A null head, position, label, source position or receiver is null in cells.
-- parameter: sweep string = null
-- parameter: direction string = null
-- parameter: metric string = null
-- parameter: component string = required
-- parameter: layer int = required
-- parameter: head int = null
-- parameter: position int = null
-- parameter: position_label string = null
-- parameter: source_position int = null
-- parameter: receiver string = null
-- narrows cells: sweep, direction, metric, component, layer
-- column: sweep string
-- column: direction string
-- column: metric string
-- column: pair_id string
-- column: clean_prompt string
-- column: corrupted_prompt string
-- column: clean double
-- column: corrupted double
-- column: patched double
-- column: recovery double
-- column: effect double
-- column: status string
SELECT
  c.sweep, c.direction, c.metric, c.pair_id, q.clean AS clean_prompt,
  q.corrupted AS corrupted_prompt, c.clean, c.corrupted, c.patched, c.recovery, c.effect, c.status
FROM cells c
CROSS JOIN parameters p
JOIN pairs q ON q.pair_id = c.pair_id
WHERE c.component = p.component AND c.layer = p.layer
  AND c.head IS NOT DISTINCT FROM p.head
  AND c.position IS NOT DISTINCT FROM p.position
  AND c.position_label IS NOT DISTINCT FROM p.position_label
  AND c.source_position IS NOT DISTINCT FROM p.source_position
  AND c.receiver IS NOT DISTINCT FROM p.receiver
  AND (p.sweep IS NULL OR c.sweep = p.sweep)
  AND (p.direction IS NULL OR c.direction = p.direction)
  AND (p.metric IS NULL OR c.metric = p.metric)
ORDER BY c.sweep, c.direction, c.metric, c.effect DESC NULLS LAST, c.pair_id
