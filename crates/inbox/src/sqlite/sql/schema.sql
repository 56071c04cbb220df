-- The schema of this release. Nothing of an older one was published, so there is no migration yet.
CREATE TABLE idhooks_schema (
    version INTEGER PRIMARY KEY,
    oldest_program INTEGER NOT NULL     -- programs of an older schema version cannot work on these tables
) STRICT;

-- One row. `last_id` is the last id or fencing token; it never falls behind the clock's microseconds, so that numbers
-- are not used again after a restore. `log` and `log_pending` tell a foreign log: see log.rs.
CREATE TABLE idhooks_store (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    last_id INTEGER NOT NULL,
    log INTEGER NOT NULL,
    log_pending INTEGER NOT NULL
) STRICT;
INSERT INTO idhooks_store VALUES (1, 0, 0, 0);

-- Times are microseconds since 1970.
CREATE TABLE idhooks_deliveries (
    id INTEGER PRIMARY KEY,
    dedup BLOB UNIQUE,                  -- NULL once a later delivery took the key over
    dedup_until INTEGER,                -- NULL: the key is good forever
    body_digest BLOB NOT NULL,
    vendor TEXT NOT NULL,
    verified INTEGER NOT NULL,
    endpoint TEXT,
    event TEXT,
    subject TEXT,
    subject_key INTEGER,
    auth TEXT NOT NULL,
    label TEXT,
    received_at INTEGER NOT NULL,
    possible_replay INTEGER NOT NULL,
    state INTEGER NOT NULL,             -- 0 ready, 1 running, 2 scheduled, 3 done, 4 blocked, 5 dead letter, 6 undecodable
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    lost_leases INTEGER NOT NULL DEFAULT 0,
    token INTEGER,                      -- NULL again once the lease expired
    leased_until INTEGER,               -- NULL once the lease ended
    worker TEXT,
    finished_at INTEGER,
    reason TEXT,
    decoder_version INTEGER
) STRICT;

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
CREATE INDEX idhooks_subject ON idhooks_deliveries (subject) WHERE subject IS NOT NULL;

-- Apart, so that a change of state does not rewrite the body.
CREATE TABLE idhooks_bodies (
    id INTEGER PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE idhooks_attempts (
    delivery INTEGER NOT NULL,
    number INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX idhooks_attempts_of ON idhooks_attempts (delivery);

CREATE TABLE idhooks_conflicts (
    delivery INTEGER NOT NULL,
    body_digest BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    body BLOB,
    PRIMARY KEY (delivery, body_digest)
) STRICT;
CREATE INDEX idhooks_conflicts_kept ON idhooks_conflicts (delivery) WHERE body IS NOT NULL;
