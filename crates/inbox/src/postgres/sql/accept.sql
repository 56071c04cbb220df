-- Stores deliveries whose key is free. One is blocked if its subject has an unfinished one, or an earlier one beside it.
-- Ids follow the order of arrival. Rows go in by subject and key, so that two batches never wait for each other.
WITH given AS (
    SELECT nextval('idhooks_ids') AS id, g.*
    FROM unnest(
        $1::bytea[], $2::timestamptz[], $3::bytea[], $4::text[], $5::boolean[], $6::text[], $7::text[], $8::text[],
        $9::bigint[], $10::text[], $11::text[], $12::timestamptz[], $13::bytea[]
    ) WITH ORDINALITY AS g (
        dedup, dedup_until, body_digest, vendor, verified, endpoint, event, subject,
        subject_key, auth, label, received_at, body, n
    )
), placed AS (
    SELECT g.*, CASE
        WHEN g.subject_key IS NULL THEN 0
        WHEN row_number() OVER (PARTITION BY g.subject_key ORDER BY g.n) > 1 THEN 4
        -- Not EXISTS: the planner would hash the keys of all unfinished deliveries.
        WHEN (SELECT d.id FROM idhooks_deliveries AS d WHERE d.subject_key = g.subject_key AND d.state IN (0, 1))
            IS NOT NULL THEN 4
        ELSE 0 END AS state
    FROM given AS g
), new AS (
    INSERT INTO idhooks_deliveries (
        id, dedup, dedup_until, body_digest, vendor, verified, endpoint, event, subject_key, auth, label, received_at, possible_replay, state, due_at
    )
    SELECT id, dedup, dedup_until, body_digest, vendor, verified, endpoint, event, subject_key, auth, label, received_at, $14, state, statement_timestamp()
    FROM placed ORDER BY subject_key, state, dedup
    ON CONFLICT DO NOTHING
    RETURNING id, dedup
), bodies AS (
    INSERT INTO idhooks_bodies (id, subject, body) SELECT id, given.subject, given.body FROM new JOIN given USING (id)
)
SELECT id, dedup FROM new
