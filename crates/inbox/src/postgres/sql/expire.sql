-- Takes expired leases back. A delivery waits longer after each one, and becomes a dead letter after $2 of them.
WITH expired AS (
    UPDATE idhooks_deliveries AS d SET
        state = CASE WHEN d.lost_leases + 1 >= $2 THEN 5 ELSE 2 END,
        finished_at = CASE WHEN d.lost_leases + 1 >= $2 THEN statement_timestamp() END,
        due_at = statement_timestamp() + least($3::double precision * 2.0 ^ least(d.lost_leases, 30), $4) * interval '1 second',
        lost_leases = d.lost_leases + 1, token = NULL, leased_until = NULL, reason = $5
    WHERE d.id = ANY (ARRAY (
        SELECT id FROM idhooks_deliveries
        WHERE id = ANY ($1) AND (leased_until <= statement_timestamp()
            OR leased_until > statement_timestamp() + interval '1 hour')
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
    ))
    RETURNING d.id, d.vendor, d.state, d.attempts + d.lost_leases AS number
), noted AS (
    INSERT INTO idhooks_attempts (delivery, number, ended_at, reason)
    SELECT id, number, statement_timestamp(), $5 FROM expired
)
SELECT id, vendor, state = 5 AS dead FROM expired
