-- What reviewers decided, every decision kept. The reason is for people: it stays here and never
-- goes into an event.
CREATE TABLE review (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    submission INTEGER NOT NULL REFERENCES submission (seq),
    decision TEXT NOT NULL,
    reason TEXT NOT NULL,
    fields TEXT NOT NULL,
    actor TEXT NOT NULL,
    at TEXT NOT NULL,
    UNIQUE (id, submission)
) STRICT;
CREATE INDEX review_submission ON review (submission, seq);

-- Whether a submission may count: until now only the one that did, and those it superseded, could.
ALTER TABLE submission ADD COLUMN countable INTEGER NOT NULL DEFAULT 0;
UPDATE submission SET countable = 1 WHERE counts = 1 OR EXISTS (
    SELECT 1 FROM finding f WHERE f.submission = submission.seq
        AND f.finding LIKE '{"code":"superseded"%');
CREATE INDEX submission_collector ON submission (collector, seq);

-- What a submission wants done with a household of the roster, as an entity of the phone's list.
CREATE TABLE entity_change (
    submission INTEGER PRIMARY KEY REFERENCES submission (seq) ON DELETE CASCADE,
    household TEXT NOT NULL,
    action TEXT NOT NULL,
    base_version INTEGER NOT NULL,
    properties TEXT NOT NULL,
    state TEXT NOT NULL
) STRICT;
CREATE INDEX entity_change_household ON entity_change (household);
