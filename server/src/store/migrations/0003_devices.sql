-- A phone of a collector, with a token of its own (its SHA-256), so that one that was lost is shut
-- out and the others work on. `phone` is the first device id heard with the token; another one
-- afterwards means that the code was passed on.
CREATE TABLE device (
    id TEXT PRIMARY KEY,
    collector TEXT NOT NULL REFERENCES collector (id),
    label TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    revoked_at TEXT,
    last_seen_at TEXT,
    phone TEXT,
    other_phone_at TEXT
) STRICT;
CREATE INDEX device_collector ON device (collector);

-- Every collector had one token; it becomes that of a first phone. collector.token_hash stays only
-- because the table cannot do without the column: it holds the id's bytes, which no token hashes to.
INSERT INTO device (id, collector, label, token_hash, created_at, expires_at, last_seen_at)
    SELECT id, id, '', token_hash, coalesce(last_seen_at, ''), expires_at, last_seen_at FROM collector;
UPDATE collector SET token_hash = CAST(id AS BLOB);

-- A code that sets up one phone, once.
CREATE TABLE enrolment (
    secret_hash BLOB PRIMARY KEY,
    device TEXT NOT NULL,
    collector TEXT NOT NULL REFERENCES collector (id),
    label TEXT NOT NULL,
    days INTEGER NOT NULL,
    expires_at TEXT NOT NULL,
    used INTEGER NOT NULL
) STRICT;

-- A browser's session ends when it is not used for a while; a command line's does not.
ALTER TABLE session ADD COLUMN idle_until TEXT;
