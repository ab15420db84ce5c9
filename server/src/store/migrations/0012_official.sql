-- Figures an office issued under a document: beside what households say, never in its place. `value` is
-- JSON: a number, "yes" or "no".
CREATE TABLE official (
    criteria_set TEXT NOT NULL,
    commune TEXT NOT NULL,
    indicator TEXT NOT NULL,
    as_of TEXT NOT NULL,
    document TEXT NOT NULL,
    issued TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (criteria_set, commune, indicator, as_of, document)
) STRICT, WITHOUT ROWID;
