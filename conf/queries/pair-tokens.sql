-- What are the tokens of a pair? Null where a prompt is not there, or is shorter than the other.
-- parameter: pair_id string = required
-- column: position int
-- column: clean_token string
-- column: corrupted_token string
SELECT t.position, t.clean_token, t.corrupted_token
FROM tokens t CROSS JOIN parameters p
WHERE t.pair_id = p.pair_id
ORDER BY t.position
