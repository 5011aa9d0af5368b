CREATE INDEX ix_name ON rooms (name);
   -- SHARE, rewrites false, blocks writers, refused: write it CONCURRENTLY, in a section with no-transaction
CREATE UNIQUE INDEX CONCURRENTLY ix_name ON rooms (name);
   -- SHARE UPDATE EXCLUSIVE, rewrites false, blocks none
DROP INDEX ix_floor;
   -- ACCESS EXCLUSIVE, rewrites false, blocks none
ALTER TABLE rooms ADD CONSTRAINT fk FOREIGN KEY (floor) REFERENCES floors (id);
   -- SHARE ROW EXCLUSIVE, rewrites false, blocks writers, refused: add it NOT VALID, and validate it with VALIDATE CONSTRAINT in a section with no-transaction
ALTER TABLE rooms ADD CONSTRAINT fk FOREIGN KEY (floor) REFERENCES floors (id) NOT VALID;
   -- SHARE ROW EXCLUSIVE, rewrites false, blocks none
ALTER TABLE rooms VALIDATE CONSTRAINT fk;
   -- SHARE UPDATE EXCLUSIVE, rewrites false, blocks none
ALTER TABLE rooms ADD CHECK (size > 0);
   -- ACCESS EXCLUSIVE, rewrites false, blocks all, refused: add it NOT VALID, and validate it with VALIDATE CONSTRAINT in a section with no-transaction
ALTER TABLE rooms ADD CONSTRAINT uq UNIQUE (name);
   -- ACCESS EXCLUSIVE, rewrites false, blocks all, refused: build a unique index CONCURRENTLY, in a section with no-transaction, and add the constraint USING INDEX
CREATE UNIQUE INDEX CONCURRENTLY uq ON rooms (name);
   -- SHARE UPDATE EXCLUSIVE, rewrites false, blocks none
ALTER TABLE rooms ADD CONSTRAINT uq UNIQUE USING INDEX uq;
   -- ACCESS EXCLUSIVE, rewrites false, blocks none
ALTER TABLE rooms ALTER COLUMN size TYPE bigint;
   -- ACCESS EXCLUSIVE, rewrites true, blocks all, refused: add a column of the new type beside it, move the rows with a data migration, and drop the old column in contract
ALTER TABLE rooms ALTER name TYPE varchar(30);
   -- ACCESS EXCLUSIVE, rewrites false, blocks none
ALTER TABLE rooms ALTER name SET DATA TYPE VARCHAR(10);
   -- ACCESS EXCLUSIVE, rewrites true, blocks all, refused: add a column of the new type beside it, move the rows with a data migration, and drop the old column in contract
ALTER TABLE rooms ALTER COLUMN name SET NOT NULL;
   -- ACCESS EXCLUSIVE, rewrites false, blocks all, refused: add a check that the column IS NOT NULL as NOT VALID, validate it with VALIDATE CONSTRAINT in a section with no-transaction, set NOT NULL then, and drop the check
ALTER TABLE rooms ALTER COLUMN floor SET NOT NULL;
   -- ACCESS EXCLUSIVE, rewrites false, blocks none
ALTER TABLE rooms ADD CONSTRAINT ck CHECK (name IS NOT NULL) NOT VALID;
   -- ACCESS EXCLUSIVE, rewrites false, blocks none
ALTER TABLE rooms VALIDATE CONSTRAINT ck;
   -- SHARE UPDATE EXCLUSIVE, rewrites false, blocks none
ALTER TABLE rooms ALTER name SET NOT NULL;
   -- ACCESS EXCLUSIVE, rewrites false, blocks none
ALTER TABLE rooms ADD COLUMN a int DEFAULT 1, DROP COLUMN size;
   -- ACCESS EXCLUSIVE, rewrites false, blocks none
ALTER TABLE rooms ADD COLUMN a uuid DEFAULT gen_random_uuid();
   -- ACCESS EXCLUSIVE, rewrites true, blocks all, refused: add the column without the default, set the default after, and fill the rows with a data migration
ALTER TABLE rooms ADD COLUMN a int UNIQUE;
   -- null, rewrites false, blocks null
ALTER TABLE rooms SET (fillfactor = 70);
   -- null, rewrites false, blocks null
ALTER TABLE rooms SET (fillfactor = 70), ALTER name TYPE int USING 1;
   -- ACCESS EXCLUSIVE, rewrites true, blocks all, refused: add a column of the new type beside it, move the rows with a data migration, and drop the old column in contract
VACUUM rooms;
   -- null, rewrites false, blocks null
VACUUM FULL rooms;
   -- ACCESS EXCLUSIVE, rewrites true, blocks all, refused: do it with the service stopped
VACUUM (FULL, ANALYZE) rooms;
   -- ACCESS EXCLUSIVE, rewrites true, blocks all, refused: do it with the service stopped
VACUUM (FULL false) rooms;
   -- null, rewrites false, blocks null
CLUSTER rooms USING ix_floor;
   -- ACCESS EXCLUSIVE, rewrites true, blocks all, refused: do it with the service stopped
REINDEX TABLE rooms;
   -- SHARE, rewrites false, blocks all, refused: write it CONCURRENTLY, in a section with no-transaction
REINDEX TABLE CONCURRENTLY rooms;
   -- SHARE UPDATE EXCLUSIVE, rewrites false, blocks none
CREATE TABLE made (id int);
   -- null, rewrites false, blocks null
CREATE INDEX ix_made ON made (id);
   -- SHARE, rewrites false, blocks none
ALTER TABLE made ALTER id TYPE text;
   -- ACCESS EXCLUSIVE, rewrites true, blocks none
CREATE VIEW v AS SELECT 1;
   -- null, rewrites false, blocks null
