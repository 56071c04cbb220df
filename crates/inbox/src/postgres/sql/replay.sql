-- Makes a delivery ready with all its attempts: blocked if its subject has another unfinished one.
UPDATE idhooks_deliveries AS d SET
    state = CASE WHEN EXISTS (
        SELECT FROM idhooks_deliveries AS a WHERE a.subject_key = d.subject_key AND a.state IN (0, 1) AND a.id <> d.id
    ) THEN 4 ELSE 0 END,
    due_at = CASE WHEN d.state = 4 THEN d.due_at ELSE statement_timestamp() END,
    attempts = 0, lost_leases = 0, decoder_version = NULL, finished_at = NULL
WHERE d.id = $1 AND d.state <> 1 AND EXISTS (SELECT FROM idhooks_bodies AS b WHERE b.id = d.id)
RETURNING d.id
