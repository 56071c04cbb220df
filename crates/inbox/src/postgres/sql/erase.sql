-- Removes what is personal from deliveries that no worker holds. Waiting ones become dead letters.
WITH found AS (
    SELECT id, state IN (0, 2, 4, 6) AS waited, attempts + lost_leases AS number
    FROM idhooks_deliveries WHERE id = ANY ($1) AND state <> 1 ORDER BY id FOR NO KEY UPDATE
), bodies AS (
    DELETE FROM idhooks_bodies WHERE id = ANY (ARRAY (SELECT id FROM found))
), conflicts AS (
    UPDATE idhooks_conflicts SET body = NULL WHERE delivery = ANY (ARRAY (SELECT id FROM found))
), attempts AS (
    UPDATE idhooks_attempts SET reason = '' WHERE delivery = ANY (ARRAY (SELECT id FROM found))
), noted AS (
    INSERT INTO idhooks_attempts (delivery, number, ended_at, reason)
    SELECT id, number, statement_timestamp(), '' FROM found WHERE waited
)
UPDATE idhooks_deliveries AS d SET
    event = NULL, subject_key = NULL, label = NULL, reason = $2,
    state = CASE WHEN f.waited THEN 5 ELSE d.state END,
    finished_at = CASE WHEN f.waited THEN statement_timestamp() ELSE d.finished_at END
FROM found AS f WHERE d.id = f.id
RETURNING d.id
