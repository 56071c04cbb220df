-- Deletes purged rows whose key has expired: unverified ones before ?1, verified ones before ?2.
DELETE FROM idhooks_deliveries WHERE id IN (
    SELECT d.id FROM idhooks_deliveries AS d
    WHERE d.state IN (3, 5) AND d.dedup_until IS NOT NULL
    AND (d.verified = 0 AND d.dedup_until < ?1 OR d.verified = 1 AND d.dedup_until < ?2)
    AND NOT EXISTS (SELECT 1 FROM idhooks_bodies AS b WHERE b.id = d.id) LIMIT 512
) RETURNING id
