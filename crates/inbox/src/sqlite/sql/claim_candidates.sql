-- The ready deliveries of one kind, the longest due first. Another decoder version may have found some undecodable.
SELECT id, due_at FROM idhooks_deliveries
WHERE state = 0 AND lost_leases < 2 AND vendor = ?1 AND verified = ?2 AND coalesce(decoder_version, 0) <= ?3
ORDER BY due_at, id LIMIT ?4
