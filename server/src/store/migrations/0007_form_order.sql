-- Which version of a form is the newest is asked for every submission: answered from this index
-- alone, because a form's row begins with its bytes.
CREATE INDEX form_order ON form (id, version, seq);
