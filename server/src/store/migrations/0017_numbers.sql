-- Phones number the forms they finish: 1, 2, 3 in a run that an installation of the app begins. A number
-- that never came is a form that was lost with its phone. `device` is the phone that it came from.
CREATE TABLE record_number (
    run TEXT NOT NULL,
    number INTEGER NOT NULL,
    device TEXT NOT NULL,
    PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_number_device ON record_number (device);
