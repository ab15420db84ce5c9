-- What supervisors answered to figures that are unlike the others: about the figure as it was then.
-- `subject` is a collector or a village. Every answer is kept; the last one about a figure is shown.
CREATE TABLE quality_answer (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    round TEXT NOT NULL REFERENCES round (id),
    subject TEXT NOT NULL,
    code TEXT NOT NULL,
    value REAL NOT NULL,
    answer TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX quality_answer_round ON quality_answer (round, seq);
