-- The kinds of running and scheduled deliveries, or of many of them.
SELECT vendor, verified FROM (SELECT vendor, verified FROM idhooks_deliveries WHERE state = 1 LIMIT 10000)
UNION SELECT vendor, verified FROM (SELECT vendor, verified FROM idhooks_deliveries WHERE state = 2 LIMIT 10000)
