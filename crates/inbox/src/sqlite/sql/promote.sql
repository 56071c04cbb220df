-- Makes a delivery ready, or blocked if its subject has an unfinished one.
UPDATE idhooks_deliveries SET
    state = CASE WHEN EXISTS (
        SELECT 1 FROM idhooks_deliveries AS active
        WHERE active.subject_key = idhooks_deliveries.subject_key AND active.state IN (0, 1) AND active.id <> ?1
    ) THEN 4 ELSE 0 END,
    due_at = ?2, finished_at = NULL, decoder_version = coalesce(?3, decoder_version)
WHERE id = ?1
