-- revision: open01
-- branch: trunk
-- message: parcels and stops, in plain SQL

-- +up
CREATE TABLE parcels (id INTEGER NOT NULL PRIMARY KEY, label VARCHAR(40) NOT NULL, grams INTEGER);
CREATE TABLE stops (id INTEGER NOT NULL PRIMARY KEY, parcel_id INTEGER NOT NULL, place VARCHAR(40));
CREATE INDEX stops_parcel_idx ON stops (parcel_id);
CREATE UNIQUE INDEX parcels_label_key ON parcels (label);
-- +down
DROP TABLE stops;
DROP TABLE parcels;
