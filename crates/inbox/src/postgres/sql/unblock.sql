-- Makes the oldest blocked delivery of each subject ready, unless the subject has an unfinished one.
UPDATE idhooks_deliveries SET state = 0, due_at = statement_timestamp()
WHERE id = ANY (ARRAY (
    SELECT (SELECT b.id FROM idhooks_deliveries AS b WHERE b.subject_key = k.key AND b.state = 4 ORDER BY b.id LIMIT 1)
    FROM unnest($1::bigint[]) AS k (key)
    -- Not NOT EXISTS: the planner might read all unfinished deliveries.
    WHERE (SELECT a.id FROM idhooks_deliveries AS a WHERE a.subject_key = k.key AND a.state IN (0, 1)) IS NULL
))
