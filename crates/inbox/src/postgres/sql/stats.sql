-- Counts unfinished deliveries, each state through an index of its own.
SELECT counts.*, statement_timestamp() AS now FROM (
    SELECT 0::smallint AS state, count(*) AS number, min(due_at) AS oldest
        FROM idhooks_deliveries WHERE state = 0 AND lost_leases < 2
    UNION ALL SELECT 0::smallint, count(*), min(due_at) FROM idhooks_deliveries WHERE state = 0 AND lost_leases >= 2
    UNION ALL SELECT 1::smallint, count(*), NULL FROM idhooks_deliveries WHERE state = 1
    UNION ALL SELECT 2::smallint, count(*), NULL FROM idhooks_deliveries WHERE state = 2
    UNION ALL SELECT 4::smallint, count(*), NULL FROM idhooks_deliveries WHERE state = 4
    UNION ALL SELECT 5::smallint, count(*), NULL FROM idhooks_deliveries WHERE state = 5
    UNION ALL SELECT 6::smallint, count(*), NULL FROM idhooks_deliveries WHERE state = 6
) AS counts
