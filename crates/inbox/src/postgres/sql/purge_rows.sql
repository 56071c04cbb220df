-- Deletes some purged rows whose key has expired: unverified ones $1 seconds ago, verified ones $2 seconds ago.
WITH gone AS (
    DELETE FROM idhooks_deliveries WHERE id = ANY (ARRAY (
        SELECT d.id FROM idhooks_deliveries AS d
        JOIN (VALUES (false, $1::double precision), (true, $2)) AS k (verified, age) ON d.verified = k.verified
        WHERE d.state IN (3, 5) AND d.dedup_until IS NOT NULL
            AND d.dedup_until < statement_timestamp() - k.age * interval '1 second'
            AND NOT EXISTS (SELECT FROM idhooks_bodies AS b WHERE b.id = d.id)
        LIMIT 512 FOR UPDATE OF d SKIP LOCKED
    )) RETURNING id
), attempts AS (
    DELETE FROM idhooks_attempts WHERE delivery = ANY (ARRAY (SELECT id FROM gone))
), conflicts AS (
    DELETE FROM idhooks_conflicts WHERE delivery = ANY (ARRAY (SELECT id FROM gone))
)
SELECT id FROM gone
