-- Finds what time has moved on: expired leases, deliveries that are due, and what only an older decoder has tried.
-- Leases and delays that end later than any could were given before the clock was set back.
-- $1 keeps the scans off dead index entries: no live one is before it.
WITH found AS (
    (SELECT id, subject_key FROM idhooks_deliveries
        WHERE state = 1 AND leased_until >= $1 AND leased_until <= statement_timestamp() ORDER BY leased_until LIMIT 256)
    UNION ALL
    (SELECT id, subject_key FROM idhooks_deliveries
        WHERE state = 1 AND leased_until > statement_timestamp() + interval '1 hour' LIMIT 256)
    UNION ALL
    (SELECT id, subject_key FROM idhooks_deliveries
        WHERE state = 2 AND due_at >= $1 AND due_at <= statement_timestamp() ORDER BY due_at LIMIT 256)
    UNION ALL
    (SELECT id, subject_key FROM idhooks_deliveries
        WHERE state = 2 AND due_at > statement_timestamp() + interval '31 days' LIMIT 256)
    UNION ALL
    (SELECT d.id, d.subject_key FROM unnest($2::text[], $3::boolean[], $4::bigint[]) AS k (vendor, verified, version)
        JOIN idhooks_deliveries AS d ON d.state = 6 AND d.vendor = k.vendor AND d.verified = k.verified
            AND d.decoder_version < k.version
        LIMIT 256)
)
SELECT (SELECT array_agg(id) FROM found) AS ids,
    (SELECT array_agg(DISTINCT subject_key ORDER BY subject_key) FROM found WHERE subject_key IS NOT NULL) AS keys,
    (SELECT min(due_at) FROM idhooks_deliveries
        WHERE state = 2 AND due_at > statement_timestamp()) AS next,
    statement_timestamp() AS now
