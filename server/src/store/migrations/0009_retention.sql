-- Until when a round is kept, and by which decision. Nothing is erased by itself.
ALTER TABLE round ADD COLUMN keep_until TEXT;
ALTER TABLE round ADD COLUMN keep_reason TEXT;
-- Set when its answers, photos and names were erased: from then on its moments are sealed. They are
-- sums, nobody's data, and what they are the hash in the event says.
ALTER TABLE round ADD COLUMN erased_at TEXT;

-- What status and scores of an erased round need beside the moments, per village.
CREATE TABLE sealed_village (
    round TEXT NOT NULL REFERENCES round (id),
    village TEXT NOT NULL,
    persons INTEGER,
    persons_missing INTEGER,
    received INTEGER NOT NULL,
    attempted INTEGER NOT NULL,
    PRIMARY KEY (round, village)
) STRICT, WITHOUT ROWID;
