-- Counts unfinished deliveries, each state through an index of its own.
SELECT 0 AS state, count(*) AS number FROM idhooks_deliveries WHERE state = 0 AND lost_leases < 2
UNION ALL SELECT 0, count(*) FROM idhooks_deliveries WHERE state = 0 AND lost_leases >= 2
UNION ALL SELECT 1, count(*) FROM idhooks_deliveries WHERE state = 1
UNION ALL SELECT 2, count(*) FROM idhooks_deliveries WHERE state = 2
UNION ALL SELECT 4, count(*) FROM idhooks_deliveries WHERE state = 4
UNION ALL SELECT 5, count(*) FROM idhooks_deliveries WHERE state = 5
UNION ALL SELECT 6, count(*) FROM idhooks_deliveries WHERE state = 6
