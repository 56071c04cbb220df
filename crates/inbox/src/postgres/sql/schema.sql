-- The schema of this release. Nothing of an older one was published, so there is no migration yet.
CREATE TABLE idhooks_schema (
    version integer PRIMARY KEY,
    oldest_program integer NOT NULL     -- programs of an older schema version cannot work on these tables
);

-- Ids and fencing tokens. Each new session raises it to the clock's microseconds, so that it never repeats after a restore.
CREATE SEQUENCE idhooks_ids;

CREATE TABLE idhooks_deliveries (
    id bigint PRIMARY KEY DEFAULT nextval('idhooks_ids'),
    dedup bytea UNIQUE,                 -- NULL once a later delivery took the key over
    dedup_until timestamptz,            -- NULL: the key is good forever
    body_digest bytea NOT NULL,
    vendor text NOT NULL,
    verified boolean NOT NULL,
    endpoint text,
    event text,
    subject_key bigint,
    auth text NOT NULL,
    label text,
    received_at timestamptz NOT NULL,   -- the receiver's clock; all other times are the database's
    possible_replay boolean NOT NULL,
    state smallint NOT NULL,            -- 0 ready, 1 running, 2 scheduled, 3 done, 4 blocked, 5 dead letter, 6 undecodable
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    lost_leases integer NOT NULL DEFAULT 0,
    token bigint,                       -- NULL again once the lease expired
    leased_until timestamptz,           -- NULL once the lease ended
    worker text,
    finished_at timestamptz,
    reason text,
    decoder_version bigint
);

-- Only what a claim may take, by kind; what lost two leases in a row is claimed alone.
CREATE INDEX idhooks_ready ON idhooks_deliveries (vendor, verified, due_at, id) WHERE state = 0 AND lost_leases < 2;
CREATE INDEX idhooks_suspects ON idhooks_deliveries (vendor, verified, due_at, id) WHERE state = 0 AND lost_leases >= 2;
-- One unblocked delivery of each subject.
CREATE UNIQUE INDEX idhooks_one_active ON idhooks_deliveries (subject_key) WHERE state IN (0, 1);
CREATE INDEX idhooks_blocked ON idhooks_deliveries (subject_key, id) WHERE state = 4;
CREATE INDEX idhooks_expiring ON idhooks_deliveries (leased_until) WHERE state = 1;
CREATE INDEX idhooks_scheduled ON idhooks_deliveries (due_at) WHERE state = 2;
CREATE INDEX idhooks_dead_letters ON idhooks_deliveries (id) WHERE state = 5;
CREATE INDEX idhooks_undecodable ON idhooks_deliveries (vendor, verified, decoder_version) WHERE state = 6;
CREATE INDEX idhooks_expired_keys ON idhooks_deliveries (verified, dedup_until)
    WHERE state IN (3, 5) AND dedup_until IS NOT NULL;

-- Apart, so that a change of state rewrites neither the body nor the subject and its index. A purge deletes the row.
CREATE TABLE idhooks_bodies (
    id bigint PRIMARY KEY,
    subject text,
    body bytea NOT NULL
);
CREATE INDEX idhooks_subject ON idhooks_bodies (subject) WHERE subject IS NOT NULL;

CREATE TABLE idhooks_attempts (
    delivery bigint NOT NULL,
    number integer NOT NULL,
    ended_at timestamptz NOT NULL,
    reason text NOT NULL
);
CREATE INDEX idhooks_attempts_of ON idhooks_attempts (delivery);

CREATE TABLE idhooks_conflicts (
    delivery bigint NOT NULL,
    body_digest bytea NOT NULL,
    received_at timestamptz NOT NULL,
    body bytea,
    PRIMARY KEY (delivery, body_digest)
);
CREATE INDEX idhooks_conflicts_kept ON idhooks_conflicts (delivery) WHERE body IS NOT NULL;

-- Completes a lease inside a transaction of the handler: see `Job::complete_in`.
CREATE FUNCTION idhooks_complete(delivery bigint, fencing_token bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    key bigint;
BEGIN
    SELECT subject_key INTO key FROM idhooks_deliveries WHERE id = delivery;
    IF key IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(key);
    END IF;
    UPDATE idhooks_deliveries
    SET state = 3, finished_at = clock_timestamp(), leased_until = NULL, reason = NULL, lost_leases = 0
    WHERE id = delivery AND token = fencing_token AND leased_until IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'idhooks: the lease of delivery % was lost', delivery
            USING ERRCODE = 'serialization_failure', HINT = 'Roll back: another worker handles the delivery.';
    END IF;
    UPDATE idhooks_deliveries SET state = 0, due_at = clock_timestamp()
    WHERE id = (SELECT id FROM idhooks_deliveries WHERE subject_key = key AND state = 4 ORDER BY id LIMIT 1);
END
$$;
-- The handler's session may have another search_path.
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION idhooks_complete SET search_path = %I, pg_temp', current_schema());
END $$;
