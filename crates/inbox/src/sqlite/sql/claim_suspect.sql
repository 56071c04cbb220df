-- The first delivery of one kind that lost two leases in a row.
SELECT id, due_at FROM idhooks_deliveries
WHERE state = 0 AND lost_leases >= 2 AND vendor = ?1 AND verified = ?2 AND coalesce(decoder_version, 0) <= ?3
ORDER BY due_at, id LIMIT ?4
