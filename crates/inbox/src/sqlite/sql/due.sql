-- Scheduled deliveries that are due, or due later than any retry could be: the clock was set back. Two queries, because
-- one would read everything that is scheduled.
SELECT * FROM (
    SELECT id, subject_key FROM idhooks_deliveries WHERE state = 2 AND due_at <= ?1 ORDER BY due_at LIMIT 256
)
UNION ALL SELECT * FROM (
    SELECT id, subject_key FROM idhooks_deliveries WHERE state = 2 AND due_at > ?2 ORDER BY due_at LIMIT 256
)
