-- Writes the outcome of an attempt, if the lease still holds.
UPDATE idhooks_deliveries SET
    state = :state, due_at = coalesce(:due_at, due_at), finished_at = :finished_at, reason = :reason,
    attempts = attempts + :failed, lost_leases = 0, leased_until = NULL,
    decoder_version = max(coalesce(decoder_version, :decoder_version), coalesce(:decoder_version, decoder_version))
WHERE id = :id AND token = :token AND leased_until IS NOT NULL
