-- Gives a worker the lease of a ready delivery.
UPDATE idhooks_deliveries SET state = 1, token = ?2, leased_until = ?3, worker = ?4 WHERE id = ?1 AND state = 0
RETURNING *, (SELECT body FROM idhooks_bodies AS b WHERE b.id = idhooks_deliveries.id) AS body
