-- Claims ready deliveries in fair turns: the kind that is handled least goes first, then the first in the
-- request. Nothing while a suspect waits.
-- `low` keeps the scan of a kind off index entries that are dead but still needed by an old snapshot.
WITH candidates AS (
    SELECT c.id, c.due_at, k.n, k.running + row_number() OVER (PARTITION BY k.n ORDER BY c.due_at, c.id) AS turn
    FROM unnest($1::text[], $2::boolean[], $3::bigint[], $4::bigint[], $5::timestamptz[]) WITH ORDINALITY
        AS k (vendor, verified, decoder_version, running, low, n)
    CROSS JOIN LATERAL (
        SELECT d.id, d.due_at FROM idhooks_deliveries AS d
        WHERE d.state = 0 AND d.lost_leases < 2 AND d.vendor = k.vendor AND d.verified = k.verified
            AND d.due_at >= k.low AND coalesce(d.decoder_version, 0) <= k.decoder_version
        ORDER BY d.due_at, d.id LIMIT $6 FOR NO KEY UPDATE SKIP LOCKED
    ) AS c
    WHERE NOT EXISTS (
        SELECT FROM unnest($1::text[], $2::boolean[], $3::bigint[]) AS k (vendor, verified, decoder_version)
        JOIN idhooks_deliveries AS s ON s.state = 0 AND s.lost_leases >= 2 AND s.vendor = k.vendor
            AND s.verified = k.verified AND coalesce(s.decoder_version, 0) <= k.decoder_version
    )
), claimed AS (
    UPDATE idhooks_deliveries AS d
    SET state = 1, token = nextval('idhooks_ids'), leased_until = statement_timestamp() + $7 * interval '1 second',
        worker = $8
    WHERE d.id = ANY (ARRAY (SELECT id FROM candidates ORDER BY turn, n, due_at, id LIMIT $6))
    RETURNING d.*
)
SELECT c.*, b.subject, b.body FROM claimed AS c LEFT JOIN idhooks_bodies AS b ON b.id = c.id ORDER BY c.due_at, c.id
