-- Claims the first delivery that lost two leases in a row.
WITH suspect AS (
    SELECT d.id FROM unnest($1::text[], $2::boolean[], $3::bigint[])
        WITH ORDINALITY AS k (vendor, verified, decoder_version, n)
    CROSS JOIN LATERAL (
        SELECT s.id, s.due_at FROM idhooks_deliveries AS s
        WHERE s.state = 0 AND s.lost_leases >= 2 AND s.vendor = k.vendor AND s.verified = k.verified
            AND coalesce(s.decoder_version, 0) <= k.decoder_version
        ORDER BY s.due_at, s.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
    ) AS d
    ORDER BY k.n LIMIT 1
), claimed AS (
    UPDATE idhooks_deliveries AS d
    SET state = 1, token = nextval('idhooks_ids'), leased_until = statement_timestamp() + $4 * interval '1 second',
        worker = $5
    WHERE d.id = (SELECT id FROM suspect)
    RETURNING d.*
)
SELECT c.*, b.subject, b.body FROM claimed AS c LEFT JOIN idhooks_bodies AS b ON b.id = c.id
