-- Agencies, dated; their teams name them.
CREATE TABLE agency (
    id TEXT PRIMARY KEY,
    agency TEXT NOT NULL
) STRICT;

-- A pinned pair stays in later plans.
ALTER TABLE assignment ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
CREATE INDEX assignment_team ON assignment (team, valid_from);
