-- Removes what is personal from a delivery that was finished before a time. The digests stay.
UPDATE idhooks_deliveries SET event = NULL, subject = NULL, subject_key = NULL, label = NULL, reason = NULL
WHERE id = ?1 AND state = ?2 AND finished_at < ?3
