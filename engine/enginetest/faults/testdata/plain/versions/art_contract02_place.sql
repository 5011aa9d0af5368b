-- revision: art_contract02
-- revises: art_contract01
-- branch: contract
-- message: places go, in plain SQL

-- +up sqlite postgres
DROP INDEX stops_place_idx;
ALTER TABLE stops DROP COLUMN place;
-- +up mysql
DROP INDEX stops_place_idx ON stops;
ALTER TABLE stops DROP COLUMN place;
