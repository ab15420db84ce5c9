-- What helper teams see, hear and give. `seq` is the order in which it was written down.
CREATE TABLE visit (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    commune TEXT NOT NULL,
    team TEXT NOT NULL REFERENCES team (id),
    day TEXT NOT NULL,
    criteria_met INTEGER,
    open_criteria TEXT NOT NULL,
    plan TEXT NOT NULL,
    -- The form it was filled in with on a phone, if it was: its photos are the visit's.
    submission INTEGER,
    actor TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX visit_place ON visit (commune, team, day);
CREATE INDEX visit_team ON visit (team, day);

-- A photo is named before its bytes come; once they are there, `blob` has a row of that hash.
CREATE TABLE visit_photo (
    visit TEXT NOT NULL REFERENCES visit (id),
    sha256 TEXT NOT NULL,
    PRIMARY KEY (visit, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX visit_photo_blob ON visit_photo (sha256);

-- What stands in the way: tier, owner and deadline are those of the last step.
CREATE TABLE difficulty (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    commune TEXT NOT NULL,
    team TEXT,
    visit TEXT,
    day TEXT NOT NULL,
    said TEXT NOT NULL,
    tier TEXT NOT NULL,
    owner TEXT NOT NULL,
    deadline TEXT NOT NULL,
    resolved TEXT,
    actor TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX difficulty_commune ON difficulty (commune);
CREATE INDEX difficulty_open ON difficulty (deadline) WHERE resolved IS NULL;

CREATE TABLE difficulty_step (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    difficulty TEXT NOT NULL REFERENCES difficulty (id),
    tier TEXT NOT NULL,
    said TEXT NOT NULL,
    actor TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX difficulty_step_of ON difficulty_step (difficulty);

-- What was given; the value in đồng.
CREATE TABLE support (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    commune TEXT NOT NULL,
    team TEXT,
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    beneficiary TEXT NOT NULL,
    value INTEGER,
    said TEXT NOT NULL,
    actor TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX support_commune ON support (commune);
