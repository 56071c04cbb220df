-- Deliveries of one kind that only an older decoder has tried.
SELECT id, subject_key FROM idhooks_deliveries
WHERE state = 6 AND vendor = ?1 AND verified = ?2 AND decoder_version < ?3 LIMIT 256
