-- What was read from photos after they were acknowledged: derived from the blobs, gone with them.
CREATE TABLE photo (
    sha256 TEXT PRIMARY KEY REFERENCES blob (sha256) ON DELETE CASCADE,
    state TEXT NOT NULL,
    width INTEGER,
    height INTEGER,
    taken TEXT,
    lat REAL,
    lon REAL,
    likeness BLOB
) STRICT, WITHOUT ROWID;

-- Pieces of likenesses: of two photos alike at least one piece is equal.
CREATE TABLE photo_band (
    band INTEGER NOT NULL,
    value INTEGER NOT NULL,
    sha256 TEXT NOT NULL REFERENCES photo (sha256) ON DELETE CASCADE,
    PRIMARY KEY (band, value, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX photo_band_photo ON photo_band (sha256);

-- How far the events have been followed.
INSERT INTO meta (key, value) VALUES ('photos after event', '0');
