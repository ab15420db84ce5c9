-- Interviews that may count and do not: in a round where only what is approved counts, those that wait.
-- A submission's row begins with its XML, which is not read to count rows.
CREATE INDEX submission_waits
    ON submission (round, form, village, household, outcome, review, replaced_by)
    WHERE countable = 1 AND counts = 0;
