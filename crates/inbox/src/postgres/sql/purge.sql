-- Removes what is personal from some deliveries that were finished $3 seconds ago, in the order of their ids after $1.
-- An id is at most the time of its acceptance in microseconds, unless the clock was set back far.
WITH clock AS (
    SELECT (extract(epoch FROM statement_timestamp()) * 1000000)::bigint AS now,
        statement_timestamp() - $3 * interval '1 second' AS cutoff
), step AS (
    SELECT b.id FROM idhooks_bodies AS b WHERE b.id > $1 AND b.id <= (
        SELECT CASE WHEN s.last_value > clock.now + 3600000000 THEN 9223372036854775807
            ELSE clock.now - ($3 * 1000000)::bigint + 3600000000 END
        FROM clock, idhooks_ids AS s
    ) ORDER BY b.id LIMIT 512
), old AS (
    SELECT d.id FROM idhooks_deliveries AS d
    WHERE d.id = ANY (ARRAY (SELECT id FROM step)) AND d.state = $2 AND d.finished_at < (SELECT cutoff FROM clock)
    FOR NO KEY UPDATE SKIP LOCKED
), bodies AS (
    DELETE FROM idhooks_bodies WHERE id = ANY (ARRAY (SELECT id FROM old))
), conflicts AS (
    UPDATE idhooks_conflicts SET body = NULL WHERE delivery = ANY (ARRAY (SELECT id FROM old)) AND body IS NOT NULL
), attempts AS (
    UPDATE idhooks_attempts SET reason = '' WHERE delivery = ANY (ARRAY (SELECT id FROM old))
), purged AS (
    UPDATE idhooks_deliveries SET event = NULL, subject_key = NULL, label = NULL, reason = NULL
    WHERE id = ANY (ARRAY (SELECT id FROM old)) RETURNING id
)
SELECT (SELECT max(id) FROM step) AS last, (SELECT count(*) FROM purged) AS purged
