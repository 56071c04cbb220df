-- Some deliveries with a body, in the order of their ids, up to the last that may be old enough.
SELECT b.id FROM idhooks_bodies AS b WHERE b.id > ?1 AND b.id <= ?2 ORDER BY b.id LIMIT 512
