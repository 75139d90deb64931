-- Which token is at each position? The most frequent clean token, and in how many pairs it is there.
-- column: position int
-- column: token string, of the clean prompt
-- column: n bigint, pairs with this token there
-- column: pairs bigint, that have the position
-- column: tokens bigint, different ones
WITH counted AS (
  SELECT t.position, t.clean_token AS token, count(*) AS n
  FROM tokens t JOIN pairs q ON q.pair_id = t.pair_id
  WHERE q.status = 'ok'
  GROUP BY t.position, t.clean_token
), ranked AS (
  SELECT position, token, n,
    sum(n) OVER (PARTITION BY position) AS pairs,
    count(*) OVER (PARTITION BY position) AS tokens,
    row_number() OVER (PARTITION BY position ORDER BY n DESC, token) AS place
  FROM counted
)
SELECT position, token, n, CAST(pairs AS BIGINT) AS pairs, tokens FROM ranked WHERE place = 1 ORDER BY position
