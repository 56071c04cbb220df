-- Raises ids and tokens to the clock's microseconds, so that none is used again after a restore or an import.
SELECT setval('idhooks_ids', clock.now)
FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now) AS clock, idhooks_ids AS ids
WHERE ids.last_value < clock.now - 1000000
