-- Erasing for good. What stays is a tombstone: ids, counts, hashes, who, when and why.

-- A household that was erased keeps its id and its village, for the frames it stands in (N_h is
-- frozen) and so that no import and no phone brings it back.
ALTER TABLE household ADD COLUMN erased_at TEXT;

-- `finished_at` is empty until nothing is left on the disk: a start goes on with what a crash
-- interrupted.
CREATE TABLE erasure (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    household TEXT,
    round TEXT,
    village TEXT,
    commune TEXT,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    at TEXT NOT NULL,
    submissions INTEGER NOT NULL,
    files INTEGER NOT NULL,
    shared_files INTEGER NOT NULL,
    hash TEXT NOT NULL,
    finished_at TEXT
) STRICT;
CREATE UNIQUE INDEX erasure_household ON erasure (household) WHERE household IS NOT NULL;
CREATE UNIQUE INDEX erasure_round ON erasure (round) WHERE round IS NOT NULL;
CREATE INDEX erasure_open ON erasure (seq) WHERE finished_at IS NULL;

-- Numbers of the submissions that are no more: the events of their arrival stay.
CREATE TABLE erased_submission (
    seq INTEGER PRIMARY KEY,
    erasure INTEGER NOT NULL REFERENCES erasure (seq)
) STRICT;

-- SHA-256 of form and instance id: what a phone sends again is known, and not taken.
CREATE TABLE erased_instance (
    hash TEXT PRIMARY KEY,
    erasure INTEGER NOT NULL REFERENCES erasure (seq)
) STRICT, WITHOUT ROWID;

-- Files that nothing names any more: to be removed, here and from backups.
CREATE TABLE erased_file (
    erasure INTEGER NOT NULL REFERENCES erasure (seq),
    sha256 TEXT NOT NULL,
    PRIMARY KEY (erasure, sha256)
) STRICT, WITHOUT ROWID;

-- What people ask about their own data. No names: a household's id.
CREATE TABLE request (
    id TEXT PRIMARY KEY,
    household TEXT NOT NULL,
    village TEXT NOT NULL,
    kind TEXT NOT NULL,
    received TEXT NOT NULL,
    answer_by TEXT NOT NULL,
    due TEXT NOT NULL,
    actor TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX request_due ON request (due, id);

-- What was done about it, each with who and when. The reason is people's words: not in an event.
CREATE TABLE request_step (
    request TEXT NOT NULL REFERENCES request (id),
    step TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (request, step)
) STRICT, WITHOUT ROWID;
