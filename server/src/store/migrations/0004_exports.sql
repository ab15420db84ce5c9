-- Lists of names that were taken away in a file: who, when, of what, why. The reason is people's
-- words, so it stands here and not in the event chain.
CREATE TABLE export (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    list TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX export_at ON export (at, id);
