-- Counts unfinished deliveries, each state through an index of its own.
SELECT 0::smallint AS state, count(*) AS number, min(due_at) AS oldest, statement_timestamp() AS now
    FROM idhooks_deliveries WHERE state = 0 AND lost_leases < 2
UNION ALL SELECT 0, count(*), min(due_at), statement_timestamp() FROM idhooks_deliveries WHERE state = 0 AND lost_leases >= 2
UNION ALL SELECT 1, count(*), NULL, statement_timestamp() FROM idhooks_deliveries WHERE state = 1
UNION ALL SELECT 2, count(*), NULL, statement_timestamp() FROM idhooks_deliveries WHERE state = 2
UNION ALL SELECT 4, count(*), NULL, statement_timestamp() FROM idhooks_deliveries WHERE state = 4
UNION ALL SELECT 5, count(*), NULL, statement_timestamp() FROM idhooks_deliveries WHERE state = 5
UNION ALL SELECT 6, count(*), NULL, statement_timestamp() FROM idhooks_deliveries WHERE state = 6
