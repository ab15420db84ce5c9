-- What is asked of a folder with a million submissions is answered from an index, in its order.

-- Which units an area holds.
CREATE INDEX unit_within_area ON unit_within (area, unit, merged);

-- Who lives in a village: of the roster, of a round's frame, of a sample.
CREATE INDEX household_village ON household (village, id);
CREATE INDEX household_erased ON household (id) WHERE erased_at IS NOT NULL;
DROP INDEX frame_village;
CREATE INDEX frame_village ON frame (round, village);
CREATE INDEX drawn_village ON drawn (round, module, village, reserve);

-- What there is about a household, whatever the round; it takes the place of an index that began
-- with the round.
DROP INDEX submission_subject;
CREATE INDEX submission_subject ON submission (household, round, form, commune);
-- What came for a round, and from a commune, in order of arrival.
CREATE INDEX submission_round ON submission (round);
CREATE INDEX submission_commune ON submission (commune, round, form, village);
-- What counts: a submission's row begins with its XML, which is not read to count rows.
CREATE INDEX submission_counts ON submission (round, form, village, household, outcome, counts)
    WHERE counts = 1;

-- Submissions whose form version was unknown when they came: looked for at every start.
CREATE INDEX finding_held ON finding (submission)
    WHERE finding LIKE '{"code":"unknown_version"%';

-- Secrets that have run out are swept out.
CREATE INDEX session_expires ON session (expires_at);
CREATE INDEX link_expires ON link (expires_at);
CREATE INDEX enrolment_expires ON enrolment (expires_at);
