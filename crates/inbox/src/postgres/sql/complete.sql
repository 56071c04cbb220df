-- Writes the outcomes of attempts whose leases still hold. `number` is there for failed attempts only.
-- No `state = 1`: the planner would walk the index of running deliveries, its dead entries included.
WITH written AS (
    UPDATE idhooks_deliveries AS d SET
        state = g.state,
        due_at = CASE g.state WHEN 2 THEN statement_timestamp() + g.delay * interval '1 second'
            WHEN 0 THEN statement_timestamp() ELSE d.due_at END,
        finished_at = CASE WHEN g.state IN (3, 5) THEN statement_timestamp() END,
        attempts = d.attempts + (g.number IS NOT NULL)::integer, lost_leases = 0, leased_until = NULL,
        reason = g.reason, decoder_version = greatest(d.decoder_version, g.decoder_version)
    FROM unnest(
        $1::bigint[], $2::bigint[], $3::smallint[], $4::double precision[], $5::text[], $6::integer[], $7::bigint[]
    ) AS g (id, token, state, delay, reason, number, decoder_version)
    WHERE d.id = g.id AND d.token = g.token AND d.leased_until IS NOT NULL
    RETURNING d.id, d.token, g.number, g.reason
), noted AS (
    INSERT INTO idhooks_attempts (delivery, number, ended_at, reason)
    SELECT id, number, statement_timestamp(), reason FROM written WHERE number IS NOT NULL
)
SELECT id, token FROM written
