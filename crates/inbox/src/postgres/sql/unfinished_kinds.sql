-- The kinds of unfinished deliveries. `ready` is walked from one kind to the next; the others are few.
WITH RECURSIVE kinds AS (
    (SELECT vendor, verified FROM idhooks_deliveries WHERE state = 0 AND lost_leases < 2
        ORDER BY vendor, verified LIMIT 1)
    UNION ALL
    SELECT n.vendor, n.verified FROM kinds AS k CROSS JOIN LATERAL (
        SELECT d.vendor, d.verified FROM idhooks_deliveries AS d
        WHERE d.state = 0 AND d.lost_leases < 2 AND (d.vendor, d.verified) > (k.vendor, k.verified)
        ORDER BY d.vendor, d.verified LIMIT 1
    ) AS n
)
SELECT vendor, verified FROM kinds
UNION SELECT vendor, verified FROM idhooks_deliveries WHERE state = 0 AND lost_leases >= 2
UNION SELECT vendor, verified FROM idhooks_deliveries WHERE state = 1
UNION SELECT vendor, verified FROM idhooks_deliveries WHERE state = 6
UNION SELECT vendor, verified FROM (SELECT vendor, verified FROM idhooks_deliveries WHERE state = 2 LIMIT 10000) AS s
