-- Makes a waiting or undecodable delivery a dead letter.
WITH dead AS (
    UPDATE idhooks_deliveries SET state = 5, finished_at = statement_timestamp(), reason = $2
    WHERE id = $1 AND state IN (0, 2, 4, 6)
    RETURNING id, attempts + lost_leases AS number
), noted AS (
    INSERT INTO idhooks_attempts (delivery, number, ended_at, reason)
    SELECT id, number, statement_timestamp(), $2 FROM dead
)
SELECT id FROM dead
