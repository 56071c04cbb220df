-- Makes deliveries ready that are due, or that a newer decoder may try: blocked if their subject has an unfinished one.
WITH due AS (
    SELECT d.id, d.subject_key, k.version
    FROM idhooks_deliveries AS d
    LEFT JOIN unnest($2::text[], $3::boolean[], $4::bigint[]) AS k (vendor, verified, version)
        ON d.state = 6 AND k.vendor = d.vendor AND k.verified = d.verified AND k.version > d.decoder_version
    WHERE d.id = ANY ($1) AND (k.version IS NOT NULL OR d.state = 2 AND (d.due_at <= statement_timestamp()
        OR d.due_at > statement_timestamp() + interval '31 days'))
    ORDER BY d.id FOR NO KEY UPDATE OF d SKIP LOCKED
), placed AS (
    SELECT due.*, CASE
        WHEN due.subject_key IS NULL THEN 0
        WHEN row_number() OVER (PARTITION BY due.subject_key ORDER BY due.id) > 1 THEN 4
        WHEN (SELECT a.id FROM idhooks_deliveries AS a WHERE a.subject_key = due.subject_key AND a.state IN (0, 1))
            IS NOT NULL THEN 4
        ELSE 0 END AS state
    FROM due
)
UPDATE idhooks_deliveries AS d
SET state = p.state, due_at = statement_timestamp(), finished_at = NULL,
    decoder_version = coalesce(p.version, d.decoder_version)
FROM placed AS p WHERE d.id = p.id
