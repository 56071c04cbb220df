-- Removes conflicting bodies that arrived after their delivery was purged.
UPDATE idhooks_conflicts SET body = NULL
WHERE body IS NOT NULL AND received_at < ?2
AND delivery IN (SELECT d.id FROM idhooks_deliveries AS d WHERE d.id = delivery AND d.state = ?1 AND d.finished_at < ?2)
AND NOT EXISTS (SELECT 1 FROM idhooks_bodies AS b WHERE b.id = delivery)
RETURNING delivery
