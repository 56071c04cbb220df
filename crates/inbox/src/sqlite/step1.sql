CREATE TABLE idhooks_schema (
    step INTEGER PRIMARY KEY,
    oldest INTEGER NOT NULL
) STRICT;

-- An index of a digest costs each accept a page of the log, so there is none here: who lists by subject reads the table.
-- Times are microseconds since 1970. What is left after a purge: numbers, times, vendor, and the digests.
CREATE TABLE idhooks_deliveries (
    id INTEGER PRIMARY KEY,
    dedup BLOB,                     -- empty once a later delivery took the key over
    digest BLOB NOT NULL,           -- of the body
    key TEXT,
    vendor TEXT NOT NULL,
    verified INTEGER NOT NULL,
    endpoint TEXT,
    event TEXT,
    subject TEXT,
    lane INTEGER,
    proof TEXT NOT NULL,
    secret INTEGER,
    label TEXT,
    received_at INTEGER NOT NULL,
    possible_replay INTEGER NOT NULL,
    state INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    behind INTEGER NOT NULL DEFAULT 0,  -- 1 once a worker found it due while its lane was held
    attempts INTEGER NOT NULL DEFAULT 0,
    finished_at INTEGER,
    reader INTEGER,
    reason TEXT,
    conflicts INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX idhooks_due ON idhooks_deliveries (behind, due_at) WHERE state = 0;
CREATE INDEX idhooks_behind ON idhooks_deliveries (lane, verified, due_at) WHERE behind = 1;
CREATE INDEX idhooks_unreadable ON idhooks_deliveries (reader) WHERE state = 4;
CREATE INDEX idhooks_dead ON idhooks_deliveries (id) WHERE state = 3;

-- The deliveries that have a key, up to the one in `idhooks_settled`; the keys of later ones stand beside them alone.
CREATE TABLE idhooks_keys (
    dedup BLOB PRIMARY KEY,
    id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE idhooks_settled (
    delivery INTEGER NOT NULL
) STRICT;

INSERT INTO idhooks_settled (delivery) VALUES (0);

-- Apart, so that a change of state does not write the body again.
CREATE TABLE idhooks_bodies (
    id INTEGER PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

-- Bodies that came under a key that was taken.
CREATE TABLE idhooks_conflicts (
    id INTEGER PRIMARY KEY,
    delivery INTEGER NOT NULL,
    digest BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    body BLOB,
    UNIQUE (delivery, digest)
) STRICT;

-- A lease is good until `expires_at`, microseconds of the machine's uptime, of the start named by `boot`.
CREATE TABLE idhooks_leases (
    token INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery INTEGER NOT NULL UNIQUE,
    lane INTEGER UNIQUE,
    worker TEXT NOT NULL,
    boot TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE idhooks_attempts (
    id INTEGER PRIMARY KEY,
    delivery INTEGER NOT NULL,
    number INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT;

CREATE INDEX idhooks_attempts_of ON idhooks_attempts (delivery);
