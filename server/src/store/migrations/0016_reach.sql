-- Languages of communes, dated, with who says so.
CREATE TABLE commune_language (
    commune TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    spoken TEXT NOT NULL,
    PRIMARY KEY (commune, valid_from)
) STRICT, WITHOUT ROWID;

-- Minutes from the seat of a team or of an agency to a commune.
CREATE TABLE travel (
    seat TEXT NOT NULL,
    commune TEXT NOT NULL,
    travel TEXT NOT NULL,
    PRIMARY KEY (seat, commune)
) STRICT, WITHOUT ROWID;
