-- Lists deliveries, the newest first. A part that begins with a keyword is there only if the filter asks for it.
SELECT *, (SELECT count(*) FROM idhooks_conflicts AS c WHERE c.delivery = d.id) AS conflicts,
    EXISTS (SELECT 1 FROM idhooks_bodies AS b WHERE b.id = d.id) AS has_body
FROM idhooks_deliveries AS d WHERE true
