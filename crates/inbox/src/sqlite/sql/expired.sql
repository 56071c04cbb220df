-- Leases that have expired, or end later than any lease could: the clock was set back.
SELECT id, vendor, subject_key, attempts + lost_leases + 1 AS attempt, lost_leases + 1 AS lost_leases
FROM idhooks_deliveries WHERE state = 1 AND (leased_until <= ?1 OR leased_until > ?2) LIMIT 256
