-- Removes conflicting bodies that arrived after their delivery was purged.
WITH purged AS (
    UPDATE idhooks_conflicts AS c SET body = NULL
    FROM idhooks_deliveries AS d
    WHERE c.body IS NOT NULL AND c.received_at < statement_timestamp() - $2 * interval '1 second'
        AND d.id = c.delivery AND d.state = $1 AND d.finished_at < statement_timestamp() - $2 * interval '1 second'
        AND NOT EXISTS (SELECT FROM idhooks_bodies AS b WHERE b.id = c.delivery)
    RETURNING c.delivery
)
SELECT DISTINCT delivery FROM purged
