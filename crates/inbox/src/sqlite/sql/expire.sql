-- Takes an expired lease back.
UPDATE idhooks_deliveries
SET state = ?2, due_at = ?3, finished_at = ?4, reason = ?5, lost_leases = ?6, token = NULL, leased_until = NULL
WHERE id = ?1
