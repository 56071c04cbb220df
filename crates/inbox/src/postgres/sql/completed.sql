-- Finds the leases that an earlier call completed: no worker has claimed the delivery since.
-- The row locks write to the log, so that the commit waits for it.
SELECT d.id, d.token FROM idhooks_deliveries AS d
JOIN unnest($1::bigint[], $2::bigint[]) AS g (id, token) ON d.id = g.id AND d.token = g.token
ORDER BY d.id FOR KEY SHARE OF d
