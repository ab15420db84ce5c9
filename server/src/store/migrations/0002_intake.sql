-- Edits: the submission that took this one's place. An edit of something unknown, of something
-- edited already, or of itself is a branch, for a reviewer to look at.
ALTER TABLE submission ADD COLUMN replaced_by INTEGER REFERENCES submission (seq);
ALTER TABLE submission ADD COLUMN branch TEXT;
CREATE INDEX submission_deprecated ON submission (form, deprecated_id)
    WHERE deprecated_id IS NOT NULL;
CREATE INDEX submission_replaced ON submission (replaced_by) WHERE replaced_by IS NOT NULL;

-- Quarantine: complete parts of uploads that broke off, until the record is whole or nothing came
-- for long. No submissions: nobody was told that they are safe.
CREATE TABLE salvage (
    id INTEGER PRIMARY KEY,
    collector TEXT NOT NULL REFERENCES collector (id),
    form TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    xml BLOB NOT NULL,
    xml_sha256 TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    UNIQUE (collector, form, instance_id, xml_sha256)
) STRICT;
CREATE INDEX salvage_changed ON salvage (changed_at);
INSERT INTO counter (name, value) VALUES ('salvage', 0);

CREATE TABLE salvage_file (
    salvage INTEGER NOT NULL REFERENCES salvage (id),
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (salvage, name, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX salvage_file_blob ON salvage_file (sha256);

-- Files a form reads beside the roster, such as a list of crops. As immutable as the form.
CREATE TABLE form_file (
    form TEXT NOT NULL,
    version TEXT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES blob (sha256),
    md5 TEXT NOT NULL,
    PRIMARY KEY (form, version, name),
    FOREIGN KEY (form, version) REFERENCES form (id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX form_file_blob ON form_file (sha256);
