-- Which pairs are there? In the order of their ids.
-- parameter: status string = null
-- parameter: top int = 1000, at least 1
-- column: pair_id string
-- column: status string
-- column: reason string
-- column: clean string, prompt
-- column: corrupted string, prompt
WITH numbered AS (
  SELECT q.pair_id, q.status, q.reason, q.clean, q.corrupted, row_number() OVER (ORDER BY q.pair_id) AS place
  FROM pairs q CROSS JOIN parameters p
  WHERE p.status IS NULL OR q.status = p.status
)
SELECT n.pair_id, n.status, n.reason, n.clean, n.corrupted
FROM numbered n CROSS JOIN parameters p
WHERE n.place <= p.top
ORDER BY n.pair_id
