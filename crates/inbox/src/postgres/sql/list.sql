-- Lists deliveries, the newest first. A condition whose parameter is NULL is off.
SELECT d.*, b.subject, b.id IS NOT NULL AS has_body,
    (SELECT count(*) FROM idhooks_conflicts AS c WHERE c.delivery = d.id) AS conflicts
FROM idhooks_deliveries AS d LEFT JOIN idhooks_bodies AS b ON b.id = d.id
WHERE ($1::bigint IS NULL OR d.id = $1)
    AND ($2::smallint IS NULL OR d.state = $2)
    AND ($3::text IS NULL OR d.vendor = $3)
    AND ($4::text IS NULL OR d.endpoint = $4)
    AND ($5::text IS NULL OR b.subject = $5)
    AND ($6::text IS NULL OR d.event = $6)
    AND ($7::timestamptz IS NULL OR d.received_at >= $7)
    AND ($8::timestamptz IS NULL OR d.received_at < $8)
    AND ($9::bigint IS NULL OR d.id < $9)
ORDER BY d.id DESC LIMIT $10
