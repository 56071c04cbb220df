CREATE TABLE idhooks_schema (
    step integer PRIMARY KEY,
    oldest integer NOT NULL
);

-- What is left after a purge: numbers, times, vendor, and the digests.
CREATE TABLE idhooks_deliveries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dedup bytea UNIQUE,             -- empty once a later delivery took the key over
    digest bytea NOT NULL,          -- of the body
    key text,
    vendor text NOT NULL,
    verified boolean NOT NULL,
    endpoint text,
    event text,
    subject text,
    lane bigint,
    proof text NOT NULL,
    secret bigint,
    label text,
    received_at timestamptz NOT NULL, -- by the receiver's clock; all other times are by the database's
    possible_replay boolean NOT NULL,
    state smallint NOT NULL,
    due_at timestamptz NOT NULL,
    behind boolean NOT NULL DEFAULT false, -- put behind another of its lane: found through idhooks_lanes, not as due
    attempts integer NOT NULL DEFAULT 0,
    finished_at timestamptz,
    reader bigint,
    reason text,
    conflicts integer NOT NULL DEFAULT 0
);

CREATE INDEX idhooks_due ON idhooks_deliveries (due_at, id) WHERE state = 0 AND NOT behind;
CREATE INDEX idhooks_behind ON idhooks_deliveries (lane, vendor, verified, due_at, id) WHERE state = 0 AND behind;
CREATE INDEX idhooks_unreadable ON idhooks_deliveries (reader, id) WHERE state = 4;
CREATE INDEX idhooks_dead ON idhooks_deliveries (id) WHERE state = 3;
CREATE INDEX idhooks_lane ON idhooks_deliveries (lane, id) WHERE lane IS NOT NULL;

-- The lanes that have deliveries put behind: a row is there for as long as they are, and longer for a moment.
CREATE TABLE idhooks_lanes (
    lane bigint NOT NULL,
    vendor text NOT NULL,
    verified boolean NOT NULL,
    times bigint NOT NULL DEFAULT 1, -- how often some were put there: tells whether more came since it was looked at
    PRIMARY KEY (lane, vendor, verified)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Apart, so that a change of state does not write the body again.
CREATE TABLE idhooks_bodies (
    id bigint PRIMARY KEY,
    body bytea NOT NULL
);

-- Bodies that came under a key that was taken.
CREATE TABLE idhooks_conflicts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    delivery bigint NOT NULL,
    digest bytea NOT NULL,
    received_at timestamptz NOT NULL,
    body bytea,
    UNIQUE (delivery, digest)
);

CREATE INDEX idhooks_conflicts_kept ON idhooks_conflicts (delivery) WHERE body IS NOT NULL;

-- Small and always changing: rows are changed in place, and it is swept often.
CREATE TABLE idhooks_leases (
    token bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    delivery bigint NOT NULL UNIQUE,
    lane bigint UNIQUE,
    worker text NOT NULL,
    expires_at timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

CREATE TABLE idhooks_attempts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    delivery bigint NOT NULL,
    number integer NOT NULL,
    ended_at timestamptz NOT NULL,
    reason text NOT NULL
);

CREATE INDEX idhooks_attempts_of ON idhooks_attempts (delivery);
