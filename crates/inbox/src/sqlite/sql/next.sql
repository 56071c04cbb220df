-- When something is due next that is not ready yet.
SELECT min(at) FROM (
    SELECT min(due_at) AS at FROM idhooks_deliveries WHERE state = 2
    UNION ALL SELECT min(leased_until) FROM idhooks_deliveries WHERE state = 1
)
