CREATE TABLE idhooks_schema (
    step INTEGER PRIMARY KEY,
    oldest INTEGER NOT NULL
) STRICT;

-- What came, as it came: all that an accept writes, so there is no index. Who lists by subject reads the table. Times
-- are microseconds since 1970. What is left after a purge: numbers, times, vendor, and the digests.
CREATE TABLE idhooks_deliveries (
    id INTEGER PRIMARY KEY,         -- without gaps
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
    body BLOB                       -- empty once purged; last, so that a long one is not read for what is before it
) STRICT;

-- What became of it, so that a change of state does not write the body again. Those after the last one here are new:
-- due, and not looked at by any worker.
CREATE TABLE idhooks_states (
    id INTEGER PRIMARY KEY,
    lane INTEGER,
    verified INTEGER NOT NULL,
    state INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    behind INTEGER NOT NULL DEFAULT 0,  -- 1 once a worker found it due while its lane was held
    attempts INTEGER NOT NULL DEFAULT 0,
    finished_at INTEGER,
    reader INTEGER,
    reason TEXT
) STRICT;

CREATE INDEX idhooks_due ON idhooks_states (behind, due_at) WHERE state = 0;
CREATE INDEX idhooks_behind ON idhooks_states (lane, verified, due_at) WHERE behind = 1;
CREATE INDEX idhooks_unreadable ON idhooks_states (reader) WHERE state = 4;
CREATE INDEX idhooks_dead ON idhooks_states (id) WHERE state = 3;

-- The first bytes of the keys of deliveries up to the one in `idhooks_settled`; the keys of later ones stand beside
-- them alone.
CREATE TABLE idhooks_keys (
    prefix INTEGER NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (prefix, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE idhooks_settled (
    delivery INTEGER NOT NULL
) STRICT;

INSERT INTO idhooks_settled (delivery) VALUES (0);

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

-- By how much the wall's clock was ahead of the machine's uptime, of the start named by `boot`, when a program last
-- looked.
CREATE TABLE idhooks_clock (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    boot TEXT NOT NULL,
    ahead INTEGER NOT NULL
) STRICT;

CREATE TABLE idhooks_attempts (
    id INTEGER PRIMARY KEY,
    delivery INTEGER NOT NULL,
    number INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT;

CREATE INDEX idhooks_attempts_of ON idhooks_attempts (delivery);
