-- Moments as bytes instead of JSON (`shared/src/moment/packed.rs`): they are read and written with
-- every submission. What is in `moment_json` is written anew by `migrate`, which then drops it.
ALTER TABLE moment RENAME TO moment_json;
CREATE TABLE moment (
    round TEXT NOT NULL,
    village TEXT NOT NULL,
    commune TEXT NOT NULL,
    moments BLOB NOT NULL,
    PRIMARY KEY (round, village)
) STRICT, WITHOUT ROWID;
