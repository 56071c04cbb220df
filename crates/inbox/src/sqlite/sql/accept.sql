-- Stores a delivery unless its key is taken. It is blocked if its subject has an unfinished one.
INSERT INTO idhooks_deliveries (
    id, dedup, dedup_until, body_digest, vendor, verified, endpoint, event, subject, subject_key, auth, label,
    received_at, possible_replay, due_at, state
) VALUES (
    :id, :dedup, :dedup_until, :body_digest, :vendor, :verified, :endpoint, :event, :subject, :subject_key, :auth, :label,
    :received_at, :possible_replay, :now,
    CASE WHEN EXISTS (SELECT 1 FROM idhooks_deliveries WHERE subject_key = :subject_key AND state IN (0, 1)) THEN 4 ELSE 0 END
) ON CONFLICT (dedup) DO NOTHING
