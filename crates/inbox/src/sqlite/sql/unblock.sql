-- Makes the oldest blocked delivery of a subject ready, unless the subject has an unfinished one.
UPDATE idhooks_deliveries SET state = 0, due_at = ?2
WHERE id = (SELECT id FROM idhooks_deliveries WHERE subject_key = ?1 AND state = 4 ORDER BY id LIMIT 1)
AND NOT EXISTS (SELECT 1 FROM idhooks_deliveries WHERE subject_key = ?1 AND state IN (0, 1))
