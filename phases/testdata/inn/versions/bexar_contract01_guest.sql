-- revision: bexar_contract01
-- revises: austin_contract01
-- branch: contract
-- depends_on: bexar_expand02, bexar_migrate01
-- message: a room's guest stands in stays

-- +up sqlite
CREATE TABLE rooms_new (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(40) NOT NULL, CONSTRAINT rooms_name_key UNIQUE (name));
INSERT INTO rooms_new (id, name) SELECT id, name FROM rooms;
DROP TABLE rooms;
ALTER TABLE rooms_new RENAME TO rooms;
-- +up postgres
ALTER TABLE rooms DROP COLUMN guest_id;
-- +up mysql
ALTER TABLE rooms DROP FOREIGN KEY rooms_ibfk_1;
ALTER TABLE rooms DROP COLUMN guest_id;
