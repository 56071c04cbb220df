-- Finds the deliveries that have the keys of others. The row locks write to the log, so that the commit waits for it.
SELECT d.*, NULL::text AS subject FROM idhooks_deliveries AS d WHERE d.dedup = ANY ($1) ORDER BY d.id FOR KEY SHARE
