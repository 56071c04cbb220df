-- Lists deliveries, the newest first. A condition whose parameter is NULL is off.
SELECT d.*, (SELECT count(*) FROM idhooks_conflicts AS c WHERE c.delivery = d.id) AS conflicts,
    EXISTS (SELECT FROM idhooks_bodies AS b WHERE b.id = d.id) AS has_body
FROM idhooks_deliveries AS d
WHERE ($1::bigint IS NULL OR d.id = $1)
    AND ($2::smallint IS NULL OR d.state = $2)
    AND ($3::text IS NULL OR d.vendor = $3)
    AND ($4::text IS NULL OR d.endpoint = $4)
    AND ($5::text IS NULL OR d.subject = $5)
    AND ($6::bigint IS NULL OR d.id < $6)
ORDER BY d.id DESC LIMIT $7
