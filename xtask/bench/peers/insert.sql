\set n random(1, 9000000000000000)
WITH delivery AS (
    INSERT INTO idhooks_deliveries (dedup, body_digest, vendor, verified, event, subject_key, auth, received_at,
        possible_replay, state, due_at)
    VALUES (sha256(:n::text::bytea), sha256(:n::text::bytea), 'caf', true, 'TRANSACTIONSTATUSUPDATEDEVENT', :n,
        'signature/0', now(), false, 0, now())
    RETURNING id
)
INSERT INTO idhooks_bodies (id, subject, body) SELECT id, :n::text, convert_to(repeat('x', 1024), 'UTF8') FROM delivery;
