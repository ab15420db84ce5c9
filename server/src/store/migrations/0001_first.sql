-- Everything ntm keeps. Personal data lives in household.head and in the originals
-- (submission.xml, blobs); events hold ids and hashes only.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

-- A one-row counter inside the transaction: "changes after N" never skips a late commit.
CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
INSERT INTO counter (name, value) VALUES ('event', 0), ('submission', 0);

CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    verb TEXT NOT NULL,
    subject TEXT NOT NULL,
    actor TEXT NOT NULL,
    data TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

-- Who read personal data, what kind, when; never the content.
CREATE TABLE access (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL
) STRICT;

-- Units that are not built in: villages, imported with their households.
CREATE TABLE village (
    id TEXT PRIMARY KEY,
    commune TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    valid_from TEXT,
    UNIQUE (commune, code)
) STRICT;

-- Every unit with every area that contains it, as seen on the day it was settled for; '*' contains
-- all. What a person may see follows mergers: who was in charge of a merged commune is in charge of
-- what it became (merged = 1). What a person asks about does not.
CREATE TABLE unit_within (
    unit TEXT NOT NULL,
    area TEXT NOT NULL,
    merged INTEGER NOT NULL,
    PRIMARY KEY (unit, area)
) STRICT, WITHOUT ROWID;

CREATE TABLE household (
    id TEXT PRIMARY KEY,
    village TEXT NOT NULL REFERENCES village (id),
    commune TEXT NOT NULL,
    code TEXT NOT NULL,
    head TEXT NOT NULL,
    members INTEGER,
    poverty TEXT,
    lat REAL,
    lon REAL,
    revision INTEGER NOT NULL,
    UNIQUE (village, code)
) STRICT;

CREATE TABLE user (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    password_hash TEXT,
    active INTEGER NOT NULL
) STRICT;

CREATE TABLE collector (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    expires_at TEXT NOT NULL,
    revoked INTEGER NOT NULL,
    last_seen_at TEXT
) STRICT;

-- Where a user or collector may work; '*' is everywhere.
CREATE TABLE area (
    actor TEXT NOT NULL,
    unit TEXT NOT NULL,
    PRIMARY KEY (actor, unit)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    token_hash BLOB PRIMARY KEY,
    user TEXT NOT NULL REFERENCES user (id),
    expires_at TEXT NOT NULL
) STRICT;

CREATE TABLE link (
    secret_hash BLOB PRIMARY KEY,
    user TEXT NOT NULL REFERENCES user (id),
    expires_at TEXT NOT NULL,
    used INTEGER NOT NULL
) STRICT;

CREATE TABLE form (
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    xform BLOB NOT NULL,
    md5 TEXT NOT NULL,
    published_at TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (id, version)
) STRICT;

CREATE TABLE round (
    id TEXT PRIMARY KEY,
    spec TEXT NOT NULL,
    state TEXT NOT NULL,
    seq INTEGER NOT NULL
) STRICT;

-- The frozen frame: which households a round is about (N_h is a count of these rows).
CREATE TABLE frame (
    round TEXT NOT NULL REFERENCES round (id),
    household TEXT NOT NULL REFERENCES household (id),
    village TEXT NOT NULL,
    commune TEXT NOT NULL,
    PRIMARY KEY (round, household)
) STRICT, WITHOUT ROWID;
CREATE INDEX frame_village ON frame (round, commune, village);
CREATE INDEX frame_household ON frame (household);

CREATE TABLE draw (
    round TEXT NOT NULL REFERENCES round (id),
    module TEXT NOT NULL,
    seed TEXT NOT NULL,
    PRIMARY KEY (round, module)
) STRICT;

CREATE TABLE drawn (
    round TEXT NOT NULL,
    module TEXT NOT NULL,
    household TEXT NOT NULL,
    village TEXT NOT NULL,
    position INTEGER NOT NULL,
    reserve INTEGER NOT NULL,
    PRIMARY KEY (round, module, household),
    FOREIGN KEY (round, module) REFERENCES draw (round, module)
) STRICT, WITHOUT ROWID;

CREATE TABLE submission (
    seq INTEGER PRIMARY KEY,
    form TEXT NOT NULL,
    version TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    deprecated_id TEXT,
    xml BLOB NOT NULL,
    xml_sha256 TEXT NOT NULL,
    collector TEXT NOT NULL REFERENCES collector (id),
    device_id TEXT,
    received_at TEXT NOT NULL,
    round TEXT,
    household TEXT,
    village TEXT,
    commune TEXT,
    outcome TEXT,
    review TEXT NOT NULL,
    counts INTEGER NOT NULL,
    reading TEXT,
    UNIQUE (form, instance_id)
) STRICT;
CREATE INDEX submission_subject ON submission (round, form, household, commune);

CREATE TABLE attachment (
    submission INTEGER NOT NULL REFERENCES submission (seq),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (submission, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE blob (
    sha256 TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A file received for an attachment. A name sent again with other bytes keeps both: the first
-- stays current until a reviewer decides.
CREATE TABLE attachment_file (
    submission INTEGER NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES blob (sha256),
    current INTEGER NOT NULL,
    PRIMARY KEY (submission, name, sha256),
    FOREIGN KEY (submission, name) REFERENCES attachment (submission, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachment_file_blob ON attachment_file (sha256);

CREATE TABLE finding (
    submission INTEGER NOT NULL REFERENCES submission (seq),
    position INTEGER NOT NULL,
    finding TEXT NOT NULL,
    PRIMARY KEY (submission, position)
) STRICT, WITHOUT ROWID;

-- Per round and village, the fold of what counts. A cache: a rebuild gives the same bytes.
CREATE TABLE moment (
    round TEXT NOT NULL,
    village TEXT NOT NULL,
    commune TEXT NOT NULL,
    moments TEXT NOT NULL,
    PRIMARY KEY (round, village)
) STRICT, WITHOUT ROWID;

CREATE TABLE team (
    id TEXT PRIMARY KEY,
    team TEXT NOT NULL
) STRICT;

CREATE TABLE assignment (
    batch TEXT NOT NULL,
    round TEXT NOT NULL,
    commune TEXT NOT NULL,
    team TEXT NOT NULL REFERENCES team (id),
    role TEXT NOT NULL,
    decision TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    seq INTEGER NOT NULL,
    PRIMARY KEY (batch, commune, team)
) STRICT;
CREATE INDEX assignment_commune ON assignment (commune, valid_from);
