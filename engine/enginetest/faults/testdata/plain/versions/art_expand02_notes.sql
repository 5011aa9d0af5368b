-- revision: art_expand02
-- revises: art_expand01
-- branch: expand
-- message: notes, in plain SQL again

-- +up
CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, parcel_id INTEGER, words VARCHAR(200));
ALTER TABLE stops ADD COLUMN note VARCHAR(40);
CREATE INDEX notes_parcel_idx ON notes (parcel_id);
