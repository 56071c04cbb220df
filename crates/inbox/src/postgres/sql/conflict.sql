-- Stores the body of a delivery whose key belongs to other content, up to a number of them.
INSERT INTO idhooks_conflicts (delivery, body_digest, received_at, body)
SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM idhooks_conflicts WHERE delivery = $1) < $5
ON CONFLICT DO NOTHING
