-- Finds the deliveries that have the keys of others. The row locks write to the log, so that the commit waits for it.
SELECT * FROM idhooks_deliveries WHERE dedup = ANY ($1) ORDER BY id FOR KEY SHARE
