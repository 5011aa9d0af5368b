CREATE INDEX ix_name ON rooms (name) ALGORITHM=NOCOPY LOCK=NONE;
   -- NONE, rewrites false, blocks none
   -- else CREATE INDEX ix_name ON rooms (name) ALGORITHM=INPLACE LOCK=NONE
DROP INDEX ix_floor ON rooms;
   -- NONE, rewrites false, blocks none
CREATE FULLTEXT INDEX ft ON rooms (name);
   -- SHARED, rewrites false, blocks writers, refused: make the full-text index with the service stopped
ALTER TABLE rooms ADD COLUMN note varchar(5), ADD INDEX ix_note (note), ALGORITHM=INSTANT, LOCK=NONE;
   -- NONE, rewrites false, blocks none
   -- else ALTER TABLE rooms ADD COLUMN note varchar(5), ADD INDEX ix_note (note), ALGORITHM=NOCOPY, LOCK=NONE
   -- else ALTER TABLE rooms ADD COLUMN note varchar(5), ADD INDEX ix_note (note), ALGORITHM=INPLACE, LOCK=NONE
ALTER TABLE rooms MODIFY name varchar(30), ALGORITHM=INSTANT, LOCK=NONE;
   -- NONE, rewrites false, blocks none
   -- else ALTER TABLE rooms MODIFY name varchar(30), ALGORITHM=NOCOPY, LOCK=NONE
   -- else ALTER TABLE rooms MODIFY name varchar(30), ALGORITHM=INPLACE, LOCK=NONE
ALTER TABLE rooms MODIFY name int;
   -- SHARED, rewrites true, blocks writers, refused: add a column of the new type beside it, move the rows with a data migration, and drop the old column in contract
ALTER TABLE rooms CHANGE COLUMN `size` size bigint NOT NULL DEFAULT 1;
   -- SHARED, rewrites true, blocks writers, refused: add a column of the new type beside it, move the rows with a data migration, and drop the old column in contract
ALTER TABLE rooms MODIFY COLUMN size integer NOT NULL DEFAULT 2, ALGORITHM=INSTANT, LOCK=NONE;
   -- NONE, rewrites false, blocks none
   -- else ALTER TABLE rooms MODIFY COLUMN size integer NOT NULL DEFAULT 2, ALGORITHM=NOCOPY, LOCK=NONE
   -- else ALTER TABLE rooms MODIFY COLUMN size integer NOT NULL DEFAULT 2, ALGORITHM=INPLACE, LOCK=NONE
ALTER TABLE rooms CHANGE name label varchar(20), ALGORITHM=INSTANT, LOCK=NONE;
   -- NONE, rewrites false, blocks none
   -- else ALTER TABLE rooms CHANGE name label varchar(20), ALGORITHM=NOCOPY, LOCK=NONE
   -- else ALTER TABLE rooms CHANGE name label varchar(20), ALGORITHM=INPLACE, LOCK=NONE
ALTER TABLE `rooms` DROP COLUMN size, ALGORITHM=INSTANT, LOCK=NONE;
   -- NONE, rewrites false, blocks none
   -- else ALTER TABLE `rooms` DROP COLUMN size, ALGORITHM=NOCOPY, LOCK=NONE
   -- else ALTER TABLE `rooms` DROP COLUMN size, ALGORITHM=INPLACE, LOCK=NONE
ALTER TABLE rooms ADD CONSTRAINT fk FOREIGN KEY (floor) REFERENCES floors (id);
   -- SHARED, rewrites true, blocks writers, refused: leave the foreign key out while the service runs: sync or upgrade, with the service stopped, can add it
ALTER TABLE rooms ADD CHECK (size > 0);
   -- SHARED, rewrites true, blocks writers, refused: leave the check out while the service runs: sync or upgrade, with the service stopped, can add it
ALTER TABLE rooms RENAME TO chambers;
   -- EXCLUSIVE, rewrites false, blocks none
ALTER TABLE rooms ADD COLUMN a int, ALGORITHM=COPY;
   -- null, rewrites false, blocks null
CREATE INDEX ix_name ON rooms (name) LOCK=SHARED;
   -- null, rewrites false, blocks null
ALTER TABLE rooms ADD COLUMN b int PARTITION BY HASH(id);
   -- null, rewrites false, blocks null
ALTER TABLE rooms ADD COLUMN a int -- why;
   -- null, rewrites false, blocks null
ALTER TABLE rooms /*!50000 ADD COLUMN a int */;
   -- null, rewrites false, blocks null
ALTER TABLE rooms ENGINE=InnoDB;
   -- null, rewrites false, blocks null
CREATE TABLE made (id int);
   -- null, rewrites false, blocks null
ALTER TABLE made MODIFY id varchar(9);
   -- null, rewrites false, blocks none
CREATE INDEX ix_made ON made (id);
   -- NONE, rewrites false, blocks none
