## create every type
# sqlite
CREATE TABLE "types" ("id" INTEGER NOT NULL, "a" VARCHAR(36) DEFAULT 'a''b\c' NOT NULL, "b" CHAR(2), "c" TEXT, "d" TEXT, "e" BIGINT DEFAULT -5, "f" SMALLINT DEFAULT 7, "g" BOOLEAN DEFAULT 1, "h" FLOAT, "i" FLOAT, "j" DOUBLE DEFAULT 1.5, "k" NUMERIC, "l" NUMERIC(8, 2), "m" DATETIME DEFAULT CURRENT_TIMESTAMP, "n" DATE DEFAULT '2020-02-03', "o" JSON, "p" BLOB, "q" BLOB, "r" CHAR(32), "s" VARCHAR(8) DEFAULT 'so so', "u" TEXT(63) DEFAULT 'x', "v" TEXT(65535), "t" INTEGER, PRIMARY KEY ("id")); -- lock database, blocks none
# postgres
CREATE TABLE "types" ("id" serial NOT NULL, "a" character varying(36) NOT NULL DEFAULT 'a''b\c', "b" character(2) NULL, "c" text NULL, "d" text NULL, "e" bigint NULL DEFAULT -5, "f" smallint NULL DEFAULT 7, "g" boolean NULL DEFAULT true, "h" double precision NULL, "i" double precision NULL, "j" double precision NULL DEFAULT 1.5, "k" numeric NULL, "l" numeric(8,2) NULL, "m" timestamp without time zone NULL DEFAULT CURRENT_TIMESTAMP, "n" date NULL DEFAULT '2020-02-03', "o" json NULL, "p" bytea NULL, "q" bytea NULL, "r" uuid NULL, "s" "mood" NULL DEFAULT 'so so', "u" text NULL DEFAULT 'x', "v" text NULL, "t" bigint NULL, PRIMARY KEY ("id")); -- lock none, blocks none
COMMENT ON COLUMN "types"."t" IS 'what''s up'; -- lock SHARE UPDATE EXCLUSIVE, blocks none
# mysql
CREATE TABLE `types` (`id` int NOT NULL AUTO_INCREMENT, `a` varchar(36) NOT NULL DEFAULT 'a''b\\c', `b` char(2) NULL, `c` text NULL, `d` mediumtext NULL, `e` bigint NULL DEFAULT -5, `f` smallint NULL DEFAULT 7, `g` tinyint(1) NULL DEFAULT 1, `h` float NULL, `i` double NULL, `j` double NULL DEFAULT 1.5, `k` decimal(10,0) NULL, `l` decimal(8,2) NULL, `m` datetime NULL DEFAULT CURRENT_TIMESTAMP, `n` date NULL DEFAULT '2020-02-03', `o` json NULL, `p` blob NULL, `q` mediumblob NULL, `r` char(32) NULL, `s` enum('ok','so so','it''s bad') NULL DEFAULT 'so so', `u` tinytext NULL DEFAULT ('x'), `v` mediumtext NULL, `t` bigint NULL COMMENT 'what''s up', PRIMARY KEY (`id`)); -- lock EXCLUSIVE, blocks none
# mariadb
CREATE TABLE `types` (`id` int NOT NULL AUTO_INCREMENT, `a` varchar(36) NOT NULL DEFAULT 'a''b\\c', `b` char(2) NULL, `c` text NULL, `d` mediumtext NULL, `e` bigint NULL DEFAULT -5, `f` smallint NULL DEFAULT 7, `g` tinyint(1) NULL DEFAULT 1, `h` float NULL, `i` double NULL, `j` double NULL DEFAULT 1.5, `k` decimal(10,0) NULL, `l` decimal(8,2) NULL, `m` datetime NULL DEFAULT CURRENT_TIMESTAMP, `n` date NULL DEFAULT '2020-02-03', `o` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL CHECK (json_valid(`o`)), `p` blob NULL, `q` mediumblob NULL, `r` uuid NULL, `s` enum('ok','so so','it''s bad') NULL DEFAULT 'so so', `u` tinytext NULL DEFAULT 'x', `v` mediumtext NULL, `t` bigint NULL COMMENT 'what''s up', PRIMARY KEY (`id`)); -- lock EXCLUSIVE, blocks none

## create with constraints
# sqlite
CREATE TABLE "order" ("a b" INTEGER NOT NULL, "quo""te" INTEGER NOT NULL, "tick`" VARCHAR(300), "select" BOOLEAN, "parent_id" INTEGER, "other_id" INTEGER, PRIMARY KEY ("a b", "quo""te"), CONSTRAINT "uq" UNIQUE ("select", "parent_id"), UNIQUE ("other_id"), FOREIGN KEY ("parent_id") REFERENCES "parent" ("id") ON DELETE CASCADE, CONSTRAINT "fk_other" FOREIGN KEY ("other_id") REFERENCES "parent" ("id") ON DELETE SET NULL ON UPDATE CASCADE, CHECK (parent_id > 0), CONSTRAINT "ck" CHECK (parent_id > 3 OR parent_id IS NULL), CHECK (parent_id IN (0, 1)), CONSTRAINT "ck2" CHECK (parent_id < 100)); -- lock database, blocks none
CREATE INDEX "ix" ON "order" ("tick`", "select"); -- lock database, blocks none
CREATE UNIQUE INDEX "ix_u" ON "order" ("select"); -- lock database, blocks none
# postgres
CREATE TABLE "order" ("a b" integer NOT NULL, "quo""te" integer NOT NULL, "tick`" character varying(300) NULL, "select" boolean NULL, "parent_id" integer NULL, "other_id" integer NULL, PRIMARY KEY ("a b", "quo""te"), CONSTRAINT "uq" UNIQUE ("select", "parent_id"), UNIQUE ("other_id"), FOREIGN KEY ("parent_id") REFERENCES "parent" ("id") ON DELETE CASCADE, CONSTRAINT "fk_other" FOREIGN KEY ("other_id") REFERENCES "parent" ("id") ON UPDATE CASCADE ON DELETE SET NULL, CHECK (parent_id > 0), CONSTRAINT "ck" CHECK (parent_id > 3 OR parent_id IS NULL), CONSTRAINT "ck2" CHECK (parent_id < 100)); -- lock SHARE ROW EXCLUSIVE, blocks none
CREATE INDEX "ix" ON "order" ("tick`", "select"); -- lock none, blocks none
CREATE UNIQUE INDEX "ix_u" ON "order" ("select"); -- lock none, blocks none
# mysql
CREATE TABLE `order` (`a b` int NOT NULL, `quo"te` int NOT NULL, `tick``` varchar(300) NULL, `select` tinyint(1) NULL, `parent_id` int NULL, `other_id` int NULL, PRIMARY KEY (`a b`, `quo"te`), UNIQUE INDEX `uq` (`select`, `parent_id`), UNIQUE INDEX (`other_id`), UNIQUE INDEX `ix_u` (`select`), INDEX `ix` (`tick``` (50), `select`), FOREIGN KEY (`parent_id`) REFERENCES `parent` (`id`) ON DELETE CASCADE, CONSTRAINT `fk_other` FOREIGN KEY (`other_id`) REFERENCES `parent` (`id`) ON UPDATE CASCADE ON DELETE SET NULL, CHECK (parent_id > 0), CONSTRAINT `ck` CHECK (parent_id > 3 OR parent_id IS NULL), CHECK (parent_id IN (0, 1)), CONSTRAINT `order_chk_7` CHECK (parent_id < 100)); -- lock EXCLUSIVE, blocks none
# mariadb
CREATE TABLE `order` (`a b` int NOT NULL, `quo"te` int NOT NULL, `tick``` varchar(300) NULL, `select` tinyint(1) NULL, `parent_id` int NULL, `other_id` int NULL, PRIMARY KEY (`a b`, `quo"te`), UNIQUE INDEX `uq` (`select`, `parent_id`), UNIQUE INDEX (`other_id`), UNIQUE INDEX `ix_u` (`select`), INDEX `ix` (`tick``` (50), `select`), FOREIGN KEY (`parent_id`) REFERENCES `parent` (`id`) ON DELETE CASCADE, CONSTRAINT `fk_other` FOREIGN KEY (`other_id`) REFERENCES `parent` (`id`) ON UPDATE CASCADE ON DELETE SET NULL, CHECK (parent_id > 0), CONSTRAINT `ck` CHECK (parent_id > 3 OR parent_id IS NULL), CHECK (parent_id IN (0, 1)), CONSTRAINT `CONSTRAINT_9` CHECK (parent_id < 100)); -- lock EXCLUSIVE, blocks none

## create a table that refers to itself
# sqlite
CREATE TABLE "tree" ("id" INTEGER NOT NULL, "up" INTEGER, PRIMARY KEY ("id"), FOREIGN KEY ("up") REFERENCES "tree" ("id")); -- lock database, blocks none
# postgres
CREATE TABLE "tree" ("id" serial NOT NULL, "up" integer NULL, PRIMARY KEY ("id"), FOREIGN KEY ("up") REFERENCES "tree" ("id")); -- lock none, blocks none
# mysql
CREATE TABLE `tree` (`id` int NOT NULL AUTO_INCREMENT, `up` int NULL, PRIMARY KEY (`id`), FOREIGN KEY (`up`) REFERENCES `tree` (`id`)); -- lock EXCLUSIVE, blocks none
# mariadb
CREATE TABLE `tree` (`id` int NOT NULL AUTO_INCREMENT, `up` int NULL, PRIMARY KEY (`id`), FOREIGN KEY (`up`) REFERENCES `tree` (`id`)); -- lock EXCLUSIVE, blocks none

## create if not exists
# sqlite
CREATE TABLE IF NOT EXISTS "t" ("a" INTEGER); -- lock database, blocks none
# postgres
CREATE TABLE IF NOT EXISTS "t" ("a" integer NULL); -- lock none, blocks none
# mysql
CREATE TABLE IF NOT EXISTS `t` (`a` int NULL); -- lock EXCLUSIVE, blocks none
# mariadb
CREATE TABLE IF NOT EXISTS `t` (`a` int NULL); -- lock EXCLUSIVE, blocks none

## drop table
# sqlite
DROP TABLE "child"; -- lock database, blocks none
DROP TABLE IF EXISTS "parent"; -- lock database, blocks none
# postgres
DROP TABLE "child"; -- lock ACCESS EXCLUSIVE, blocks none
DROP TABLE IF EXISTS "parent"; -- lock ACCESS EXCLUSIVE, blocks none
# mysql
DROP TABLE `child`; -- lock EXCLUSIVE, blocks none
DROP TABLE IF EXISTS `parent`; -- lock EXCLUSIVE, blocks none
# mariadb
DROP TABLE `child`; -- lock EXCLUSIVE, blocks none
DROP TABLE IF EXISTS `parent`; -- lock EXCLUSIVE, blocks none

## rename table
# sqlite
ALTER TABLE "parent" RENAME TO "elder"; -- lock database, blocks none
ALTER TABLE "child" RENAME TO "kid"; -- lock database, blocks none
# postgres
ALTER TABLE "parent" RENAME TO "elder"; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" RENAME TO "kid"; -- lock ACCESS EXCLUSIVE, blocks none
# mysql
RENAME TABLE `parent` TO `elder`; -- lock EXCLUSIVE, blocks none
RENAME TABLE `child` TO `kid`; -- lock EXCLUSIVE, blocks none
# mariadb
RENAME TABLE `parent` TO `elder`; -- lock EXCLUSIVE, blocks none
RENAME TABLE `child` TO `kid`; -- lock EXCLUSIVE, blocks none

## add columns
# sqlite
ALTER TABLE "child" ADD COLUMN "note" VARCHAR(10); -- lock database, blocks none
ALTER TABLE "child" ADD COLUMN "on" BOOLEAN DEFAULT 1 NOT NULL; -- lock database, blocks none
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', "note" VARCHAR(10), "on" BOOLEAN DEFAULT 1 NOT NULL, "at" DATETIME DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY ("id")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label", "note", "on") SELECT "id", "parent_id", "flag", "amount", "label", "note", "on" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
ALTER TABLE "child" ADD COLUMN "data" JSON; -- lock database, blocks none
ALTER TABLE "child" ADD COLUMN "mood" VARCHAR(3); -- lock database, blocks none
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', "note" VARCHAR(10), "on" BOOLEAN DEFAULT 1 NOT NULL, "at" DATETIME DEFAULT CURRENT_TIMESTAMP, "data" JSON, "mood" VARCHAR(3), "sum" INTEGER DEFAULT (1 + 1), PRIMARY KEY ("id")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label", "note", "on", "at", "data", "mood") SELECT "id", "parent_id", "flag", "amount", "label", "note", "on", "at", "data", "mood" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
# postgres
ALTER TABLE "child" ADD COLUMN "note" character varying(10) NULL; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" ADD COLUMN "on" boolean NOT NULL DEFAULT true; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" ADD COLUMN "at" timestamp without time zone NULL DEFAULT CURRENT_TIMESTAMP; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" ADD COLUMN "data" json NULL; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" ADD COLUMN "mood" "mood" NULL; -- lock ACCESS EXCLUSIVE, blocks none
COMMENT ON COLUMN "child"."mood" IS 'how it is'; -- lock SHARE UPDATE EXCLUSIVE, blocks none
ALTER TABLE "child" ADD COLUMN "sum" integer NULL DEFAULT 1 + 1; -- lock ACCESS EXCLUSIVE, blocks none
# mysql
ALTER TABLE `child` ADD COLUMN `note` varchar(10) NULL, ALGORITHM=INSTANT, LOCK=DEFAULT; -- lock NONE, blocks none, then INPLACE, LOCK=NONE
ALTER TABLE `child` ADD COLUMN `on` tinyint(1) NOT NULL DEFAULT 1, ALGORITHM=INSTANT, LOCK=DEFAULT; -- lock NONE, blocks none, then INPLACE, LOCK=NONE
ALTER TABLE `child` ADD COLUMN `at` datetime NULL DEFAULT CURRENT_TIMESTAMP, ALGORITHM=INSTANT, LOCK=DEFAULT; -- lock NONE, blocks none, then INPLACE, LOCK=NONE
ALTER TABLE `child` ADD COLUMN `data` json NULL, ALGORITHM=INSTANT, LOCK=DEFAULT; -- lock NONE, blocks none, then INPLACE, LOCK=NONE
ALTER TABLE `child` ADD COLUMN `mood` enum('ok','bad') NULL COMMENT 'how it is', ALGORITHM=INSTANT, LOCK=DEFAULT; -- lock NONE, blocks none, then INPLACE, LOCK=NONE
ALTER TABLE `child` ADD COLUMN `sum` int NULL DEFAULT (1 + 1), ALGORITHM=COPY, LOCK=SHARED; -- lock SHARED, blocks writers, rewrites, refused: add the column without the default, and set it after
# mariadb
ALTER TABLE `child` ADD COLUMN `note` varchar(10) NULL, ALGORITHM=INSTANT, LOCK=NONE; -- lock NONE, blocks none, then NOCOPY, LOCK=NONE
ALTER TABLE `child` ADD COLUMN `on` tinyint(1) NOT NULL DEFAULT 1, ALGORITHM=INSTANT, LOCK=NONE; -- lock NONE, blocks none, then NOCOPY, LOCK=NONE
ALTER TABLE `child` ADD COLUMN `at` datetime NULL DEFAULT CURRENT_TIMESTAMP, ALGORITHM=INSTANT, LOCK=NONE; -- lock NONE, blocks none, then NOCOPY, LOCK=NONE
ALTER TABLE `child` ADD COLUMN `data` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL CHECK (json_valid(`data`)), ALGORITHM=INSTANT, LOCK=NONE; -- lock NONE, blocks none, then NOCOPY, LOCK=NONE
ALTER TABLE `child` ADD COLUMN `mood` enum('ok','bad') NULL COMMENT 'how it is', ALGORITHM=INSTANT, LOCK=NONE; -- lock NONE, blocks none, then NOCOPY, LOCK=NONE
ALTER TABLE `child` ADD COLUMN `sum` int NULL DEFAULT (1 + 1), ALGORITHM=INSTANT, LOCK=NONE; -- lock NONE, blocks none, then NOCOPY, LOCK=NONE

## drop columns
# sqlite
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), PRIMARY KEY ("id"), CHECK (amount > 0)); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount") SELECT "id", "parent_id", "flag", "amount" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, PRIMARY KEY ("id")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag") SELECT "id", "parent_id", "flag" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
# postgres
ALTER TABLE "child" DROP COLUMN "label"; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" DROP COLUMN "amount"; -- lock ACCESS EXCLUSIVE, blocks none
# mysql
ALTER TABLE `child` DROP COLUMN `label`, ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none, rewrites
ALTER TABLE `child` DROP COLUMN `amount`, ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none, rewrites
# mariadb
ALTER TABLE `child` DROP COLUMN `label`, ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none, rewrites
ALTER TABLE `child` DROP COLUMN `amount`, ALGORITHM=NOCOPY, LOCK=NONE; -- lock NONE, blocks none, then INPLACE, LOCK=NONE

## rename column
# sqlite
ALTER TABLE "child" RENAME COLUMN "label" TO "the label"; -- lock database, blocks none
ALTER TABLE "parent" RENAME COLUMN "id" TO "key"; -- lock database, blocks none
# postgres
ALTER TABLE "child" RENAME COLUMN "label" TO "the label"; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "parent" RENAME COLUMN "id" TO "key"; -- lock ACCESS EXCLUSIVE, blocks none
# mysql
ALTER TABLE `child` DROP CONSTRAINT `ck_label`, RENAME COLUMN `label` TO `the label`, ADD CONSTRAINT `ck_label` CHECK (`the label` <> 'label'), ALGORITHM=COPY, LOCK=SHARED; -- lock SHARED, blocks writers, rewrites, refused: drop the check that names the column before, and do without it
ALTER TABLE `parent` RENAME COLUMN `id` TO `key`, ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none
# mariadb
ALTER TABLE `child` RENAME COLUMN `label` TO `the label`, ALGORITHM=INSTANT, LOCK=NONE; -- lock NONE, blocks none, then NOCOPY, LOCK=NONE
ALTER TABLE `parent` RENAME COLUMN `id` TO `key`, ALGORITHM=INSTANT, LOCK=NONE; -- lock NONE, blocks none, then NOCOPY, LOCK=NONE

## alter columns
# sqlite
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(60) DEFAULT 'x', PRIMARY KEY ("id")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(60) DEFAULT 'y' NOT NULL, PRIMARY KEY ("id")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(60) NOT NULL, PRIMARY KEY ("id")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" BIGINT DEFAULT 3, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(60) NOT NULL, PRIMARY KEY ("id")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" BIGINT DEFAULT 3, "flag" BOOLEAN, "amount" NUMERIC(8, 2), "label" VARCHAR(60) NOT NULL, PRIMARY KEY ("id")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" BIGINT DEFAULT 3, "flag" BOOLEAN, "amount" VARCHAR(30) DEFAULT 'none', "label" VARCHAR(60) NOT NULL, PRIMARY KEY ("id")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
# postgres
ALTER TABLE "child" ALTER COLUMN "label" DROP DEFAULT, ALTER COLUMN "label" TYPE character varying(60), ALTER COLUMN "label" SET DEFAULT 'x'; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" ADD CONSTRAINT "child_label_is_set" CHECK ("label" IS NOT NULL) NOT VALID; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" VALIDATE CONSTRAINT "child_label_is_set"; -- lock SHARE UPDATE EXCLUSIVE, blocks none, alone
ALTER TABLE "child" ALTER COLUMN "label" SET NOT NULL, ALTER COLUMN "label" SET DEFAULT 'y'; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" DROP CONSTRAINT "child_label_is_set"; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" ALTER COLUMN "label" DROP DEFAULT; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" ALTER COLUMN "parent_id" TYPE bigint, ALTER COLUMN "parent_id" SET DEFAULT 3; -- lock ACCESS EXCLUSIVE, blocks all, rewrites, refused: add a column of the new type beside it, move the rows with a data migration, and drop the old column in contract
ALTER TABLE "child" ALTER COLUMN "flag" DROP NOT NULL, ALTER COLUMN "flag" DROP DEFAULT; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" ALTER COLUMN "amount" TYPE character varying(30), ALTER COLUMN "amount" SET DEFAULT 'none'; -- lock ACCESS EXCLUSIVE, blocks all, rewrites, refused: add a column of the new type beside it, move the rows with a data migration, and drop the old column in contract
# mysql
ALTER TABLE `child` MODIFY COLUMN `label` varchar(60) NULL DEFAULT 'x', ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none
ALTER TABLE `child` MODIFY COLUMN `label` varchar(60) NOT NULL DEFAULT 'y', ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none, rewrites
ALTER TABLE `child` MODIFY COLUMN `label` varchar(60) NOT NULL, ALGORITHM=INSTANT, LOCK=DEFAULT; -- lock NONE, blocks none, then INPLACE, LOCK=NONE
ALTER TABLE `child` MODIFY COLUMN `parent_id` bigint NULL DEFAULT 3, ALGORITHM=COPY, LOCK=SHARED; -- lock SHARED, blocks writers, rewrites, refused: add a column of the new type beside it, move the rows with a data migration, and drop the old column in contract
ALTER TABLE `child` MODIFY COLUMN `flag` tinyint(1) NULL, ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none, rewrites
ALTER TABLE `child` MODIFY COLUMN `amount` varchar(30) NULL DEFAULT 'none', ALGORITHM=COPY, LOCK=SHARED; -- lock SHARED, blocks writers, rewrites, refused: add a column of the new type beside it, move the rows with a data migration, and drop the old column in contract
# mariadb
ALTER TABLE `child` MODIFY COLUMN `label` varchar(60) NULL DEFAULT 'x', ALGORITHM=INSTANT, LOCK=NONE; -- lock NONE, blocks none, then NOCOPY, LOCK=NONE
ALTER TABLE `child` MODIFY COLUMN `label` varchar(60) NOT NULL DEFAULT 'y', ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none, rewrites
ALTER TABLE `child` MODIFY COLUMN `label` varchar(60) NOT NULL, ALGORITHM=INSTANT, LOCK=NONE; -- lock NONE, blocks none, then NOCOPY, LOCK=NONE
ALTER TABLE `child` MODIFY COLUMN `parent_id` bigint NULL DEFAULT 3, ALGORITHM=COPY, LOCK=SHARED; -- lock SHARED, blocks writers, rewrites, refused: add a column of the new type beside it, move the rows with a data migration, and drop the old column in contract
ALTER TABLE `child` MODIFY COLUMN `flag` tinyint(1) NULL, ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none, rewrites
ALTER TABLE `child` MODIFY COLUMN `amount` varchar(30) NULL DEFAULT 'none', ALGORITHM=COPY, LOCK=SHARED; -- lock SHARED, blocks writers, rewrites, refused: add a column of the new type beside it, move the rows with a data migration, and drop the old column in contract

## alter to an enum and back
# sqlite
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'ok', PRIMARY KEY ("id")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(3) DEFAULT 'bad', PRIMARY KEY ("id")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" TEXT, PRIMARY KEY ("id")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
# postgres
ALTER TABLE "child" ALTER COLUMN "label" SET DEFAULT 'ok'; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" ALTER COLUMN "label" DROP DEFAULT, ALTER COLUMN "label" TYPE "mood" USING "label"::"mood", ALTER COLUMN "label" SET DEFAULT 'bad'; -- lock ACCESS EXCLUSIVE, blocks all, rewrites, refused: add a column of the new type beside it, move the rows with a data migration, and drop the old column in contract
ALTER TABLE "child" ALTER COLUMN "label" DROP DEFAULT, ALTER COLUMN "label" TYPE text; -- lock ACCESS EXCLUSIVE, blocks all, rewrites, refused: add a column of the new type beside it, move the rows with a data migration, and drop the old column in contract
# mysql
ALTER TABLE `child` MODIFY COLUMN `label` varchar(20) NULL DEFAULT 'ok', ALGORITHM=INSTANT, LOCK=DEFAULT; -- lock NONE, blocks none, then INPLACE, LOCK=NONE
ALTER TABLE `child` MODIFY COLUMN `label` enum('ok','bad') NULL DEFAULT 'bad', ALGORITHM=COPY, LOCK=SHARED; -- lock SHARED, blocks writers, rewrites, refused: add a column of the new type beside it, move the rows with a data migration, and drop the old column in contract
ALTER TABLE `child` MODIFY COLUMN `label` text NULL, ALGORITHM=COPY, LOCK=SHARED; -- lock SHARED, blocks writers, rewrites, refused: add a column of the new type beside it, move the rows with a data migration, and drop the old column in contract
# mariadb
ALTER TABLE `child` MODIFY COLUMN `label` varchar(20) NULL DEFAULT 'ok', ALGORITHM=INSTANT, LOCK=NONE; -- lock NONE, blocks none, then NOCOPY, LOCK=NONE
ALTER TABLE `child` MODIFY COLUMN `label` enum('ok','bad') NULL DEFAULT 'bad', ALGORITHM=COPY, LOCK=SHARED; -- lock SHARED, blocks writers, rewrites, refused: add a column of the new type beside it, move the rows with a data migration, and drop the old column in contract
ALTER TABLE `child` MODIFY COLUMN `label` text NULL, ALGORITHM=COPY, LOCK=SHARED; -- lock SHARED, blocks writers, rewrites, refused: add a column of the new type beside it, move the rows with a data migration, and drop the old column in contract

## alter json
# sqlite
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', "data" JSON NOT NULL, PRIMARY KEY ("id")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label", "data") SELECT "id", "parent_id", "flag", "amount", "label", "data" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', "data" TEXT NOT NULL, PRIMARY KEY ("id")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label", "data") SELECT "id", "parent_id", "flag", "amount", "label", "data" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
# postgres
ALTER TABLE "child" ADD CONSTRAINT "child_data_is_set" CHECK ("data" IS NOT NULL) NOT VALID; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" VALIDATE CONSTRAINT "child_data_is_set"; -- lock SHARE UPDATE EXCLUSIVE, blocks none, alone
ALTER TABLE "child" ALTER COLUMN "data" SET NOT NULL; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" DROP CONSTRAINT "child_data_is_set"; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" ALTER COLUMN "data" TYPE text; -- lock ACCESS EXCLUSIVE, blocks all, rewrites, refused: add a column of the new type beside it, move the rows with a data migration, and drop the old column in contract
# mysql
ALTER TABLE `child` MODIFY COLUMN `data` json NOT NULL, ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none, rewrites
ALTER TABLE `child` MODIFY COLUMN `data` text NOT NULL, ALGORITHM=COPY, LOCK=SHARED; -- lock SHARED, blocks writers, rewrites, refused: add a column of the new type beside it, move the rows with a data migration, and drop the old column in contract
# mariadb
ALTER TABLE `child` MODIFY COLUMN `data` json NOT NULL, ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none, rewrites
ALTER TABLE `child` MODIFY COLUMN `data` text NOT NULL, ALGORITHM=COPY, LOCK=SHARED; -- lock SHARED, blocks writers, rewrites, refused: add a column of the new type beside it, move the rows with a data migration, and drop the old column in contract

## indexes
# sqlite
CREATE INDEX "ix_label" ON "child" ("label", "amount"); -- lock database, blocks writers
CREATE UNIQUE INDEX "uq_label" ON "child" ("label"); -- lock database, blocks writers
CREATE UNIQUE INDEX "uq_whole" ON "child" ("label"); -- lock database, blocks writers
CREATE INDEX "ix_part" ON "child" ("label") WHERE flag = 1; -- lock database, blocks writers
DROP INDEX "ix_label"; -- lock database, blocks none
DROP INDEX "uq_whole"; -- lock database, blocks none
# postgres
CREATE INDEX CONCURRENTLY "ix_label" ON "child" ("label", "amount"); -- lock SHARE UPDATE EXCLUSIVE, blocks none, alone
CREATE UNIQUE INDEX CONCURRENTLY "uq_label" ON "child" ("label"); -- lock SHARE UPDATE EXCLUSIVE, blocks none, alone
CREATE UNIQUE INDEX CONCURRENTLY "uq_whole" ON "child" ("label"); -- lock SHARE UPDATE EXCLUSIVE, blocks none, alone
CREATE INDEX CONCURRENTLY "ix_part" ON "child" ("label") WHERE flag; -- lock SHARE UPDATE EXCLUSIVE, blocks none, alone
DROP INDEX CONCURRENTLY "ix_label"; -- lock SHARE UPDATE EXCLUSIVE, blocks none, alone
DROP INDEX CONCURRENTLY "uq_whole"; -- lock SHARE UPDATE EXCLUSIVE, blocks none, alone
# mysql
ALTER TABLE `child` ADD INDEX `ix_label` (`label`, `amount`), ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none
ALTER TABLE `child` ADD UNIQUE INDEX `uq_label` (`label` (5)), ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none
ALTER TABLE `child` ADD UNIQUE INDEX `uq_whole` (`label`), ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none
ALTER TABLE `child` ADD INDEX `ix_part` (`label`), ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none
ALTER TABLE `child` DROP INDEX `ix_label`, ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none
ALTER TABLE `child` DROP INDEX `uq_whole`, ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none
# mariadb
ALTER TABLE `child` ADD INDEX `ix_label` (`label`, `amount`), ALGORITHM=NOCOPY, LOCK=NONE; -- lock NONE, blocks none, then INPLACE, LOCK=NONE
ALTER TABLE `child` ADD UNIQUE INDEX `uq_label` (`label` (5)), ALGORITHM=NOCOPY, LOCK=NONE; -- lock NONE, blocks none, then INPLACE, LOCK=NONE
ALTER TABLE `child` ADD UNIQUE INDEX `uq_whole` (`label`), ALGORITHM=NOCOPY, LOCK=NONE; -- lock NONE, blocks none, then INPLACE, LOCK=NONE
ALTER TABLE `child` ADD INDEX `ix_part` (`label`), ALGORITHM=NOCOPY, LOCK=NONE; -- lock NONE, blocks none, then INPLACE, LOCK=NONE
ALTER TABLE `child` DROP INDEX `ix_label`, ALGORITHM=NOCOPY, LOCK=NONE; -- lock NONE, blocks none, then INPLACE, LOCK=NONE
ALTER TABLE `child` DROP INDEX `uq_whole`, ALGORITHM=NOCOPY, LOCK=NONE; -- lock NONE, blocks none, then INPLACE, LOCK=NONE

## unique constraints
# sqlite
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', PRIMARY KEY ("id"), CONSTRAINT "uq_label" UNIQUE ("label")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', PRIMARY KEY ("id"), CONSTRAINT "uq_label" UNIQUE ("label"), UNIQUE ("flag", "label")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', PRIMARY KEY ("id"), UNIQUE ("flag", "label")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', PRIMARY KEY ("id")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
# postgres
CREATE UNIQUE INDEX CONCURRENTLY "uq_label" ON "child" ("label"); -- lock SHARE UPDATE EXCLUSIVE, blocks none, alone
ALTER TABLE "child" ADD CONSTRAINT "uq_label" UNIQUE USING INDEX "uq_label"; -- lock ACCESS EXCLUSIVE, blocks none
CREATE UNIQUE INDEX CONCURRENTLY "child_flag_label_key" ON "child" ("flag", "label"); -- lock SHARE UPDATE EXCLUSIVE, blocks none, alone
ALTER TABLE "child" ADD CONSTRAINT "child_flag_label_key" UNIQUE USING INDEX "child_flag_label_key"; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" DROP CONSTRAINT "uq_label"; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" DROP CONSTRAINT "child_flag_label_key"; -- lock ACCESS EXCLUSIVE, blocks none
# mysql
ALTER TABLE `child` ADD UNIQUE INDEX `uq_label` (`label`), ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none
ALTER TABLE `child` ADD UNIQUE INDEX (`flag`, `label`), ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none
ALTER TABLE `child` DROP INDEX `uq_label`, ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none
ALTER TABLE `child` DROP INDEX `flag`, ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none
# mariadb
ALTER TABLE `child` ADD UNIQUE INDEX `uq_label` (`label`), ALGORITHM=NOCOPY, LOCK=NONE; -- lock NONE, blocks none, then INPLACE, LOCK=NONE
ALTER TABLE `child` ADD UNIQUE INDEX (`flag`, `label`), ALGORITHM=NOCOPY, LOCK=NONE; -- lock NONE, blocks none, then INPLACE, LOCK=NONE
ALTER TABLE `child` DROP INDEX `uq_label`, ALGORITHM=NOCOPY, LOCK=NONE; -- lock NONE, blocks none, then INPLACE, LOCK=NONE
ALTER TABLE `child` DROP INDEX `flag`, ALGORITHM=NOCOPY, LOCK=NONE; -- lock NONE, blocks none, then INPLACE, LOCK=NONE

## foreign keys
# sqlite
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', "other_id" INTEGER, PRIMARY KEY ("id"), FOREIGN KEY ("parent_id") REFERENCES "parent" ("id") ON DELETE CASCADE); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label", "other_id") SELECT "id", "parent_id", "flag", "amount", "label", "other_id" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', "other_id" INTEGER, PRIMARY KEY ("id"), FOREIGN KEY ("parent_id") REFERENCES "parent" ("id") ON DELETE CASCADE, CONSTRAINT "fk_other" FOREIGN KEY ("other_id") REFERENCES "parent" ("id")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label", "other_id") SELECT "id", "parent_id", "flag", "amount", "label", "other_id" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', "other_id" INTEGER, PRIMARY KEY ("id"), CONSTRAINT "fk_other" FOREIGN KEY ("other_id") REFERENCES "parent" ("id")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label", "other_id") SELECT "id", "parent_id", "flag", "amount", "label", "other_id" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', "other_id" INTEGER, PRIMARY KEY ("id")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label", "other_id") SELECT "id", "parent_id", "flag", "amount", "label", "other_id" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
# postgres
ALTER TABLE "child" ADD CONSTRAINT "child_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "parent" ("id") ON DELETE CASCADE NOT VALID; -- lock SHARE ROW EXCLUSIVE, blocks none
ALTER TABLE "child" VALIDATE CONSTRAINT "child_parent_id_fkey"; -- lock SHARE UPDATE EXCLUSIVE, blocks none, alone
ALTER TABLE "child" ADD CONSTRAINT "fk_other" FOREIGN KEY ("other_id") REFERENCES "parent" ("id") NOT VALID; -- lock SHARE ROW EXCLUSIVE, blocks none
ALTER TABLE "child" VALIDATE CONSTRAINT "fk_other"; -- lock SHARE UPDATE EXCLUSIVE, blocks none, alone
ALTER TABLE "child" DROP CONSTRAINT "child_parent_id_fkey"; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" DROP CONSTRAINT "fk_other"; -- lock ACCESS EXCLUSIVE, blocks none
# mysql
ALTER TABLE `child` ADD FOREIGN KEY (`parent_id`) REFERENCES `parent` (`id`) ON DELETE CASCADE, ALGORITHM=COPY, LOCK=SHARED; -- lock SHARED, blocks writers, rewrites, refused: leave the foreign key out while the service runs: sync or upgrade, with the service stopped, can add it
ALTER TABLE `child` ADD CONSTRAINT `fk_other` FOREIGN KEY (`other_id`) REFERENCES `parent` (`id`), ALGORITHM=COPY, LOCK=SHARED; -- lock SHARED, blocks writers, rewrites, refused: leave the foreign key out while the service runs: sync or upgrade, with the service stopped, can add it
ALTER TABLE `child` DROP FOREIGN KEY `child_ibfk_1`, ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none
ALTER TABLE `child` DROP FOREIGN KEY `fk_other`, ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none
# mariadb
ALTER TABLE `child` ADD FOREIGN KEY (`parent_id`) REFERENCES `parent` (`id`) ON DELETE CASCADE, ALGORITHM=COPY, LOCK=SHARED; -- lock SHARED, blocks writers, rewrites, refused: leave the foreign key out while the service runs: sync or upgrade, with the service stopped, can add it
ALTER TABLE `child` ADD CONSTRAINT `fk_other` FOREIGN KEY (`other_id`) REFERENCES `parent` (`id`), ALGORITHM=COPY, LOCK=SHARED; -- lock SHARED, blocks writers, rewrites, refused: leave the foreign key out while the service runs: sync or upgrade, with the service stopped, can add it
ALTER TABLE `child` DROP FOREIGN KEY `child_ibfk_1`, ALGORITHM=INSTANT, LOCK=NONE; -- lock NONE, blocks none, then NOCOPY, LOCK=NONE
ALTER TABLE `child` DROP FOREIGN KEY `fk_other`, ALGORITHM=INSTANT, LOCK=NONE; -- lock NONE, blocks none, then NOCOPY, LOCK=NONE

## checks
# sqlite
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', PRIMARY KEY ("id"), CHECK (amount > 0)); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', PRIMARY KEY ("id"), CHECK (amount > 0), CONSTRAINT "ck" CHECK (amount < 10 OR label = 'big')); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', PRIMARY KEY ("id"), CONSTRAINT "ck" CHECK (amount < 10 OR label = 'big')); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', PRIMARY KEY ("id")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
# postgres
ALTER TABLE "child" ADD CONSTRAINT "child_amount_check" CHECK (amount > 0) NOT VALID; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" VALIDATE CONSTRAINT "child_amount_check"; -- lock SHARE UPDATE EXCLUSIVE, blocks none, alone
ALTER TABLE "child" ADD CONSTRAINT "ck" CHECK (amount < 10 OR label = 'big') NOT VALID; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" VALIDATE CONSTRAINT "ck"; -- lock SHARE UPDATE EXCLUSIVE, blocks none, alone
ALTER TABLE "child" DROP CONSTRAINT "child_amount_check"; -- lock ACCESS EXCLUSIVE, blocks none
ALTER TABLE "child" DROP CONSTRAINT "ck"; -- lock ACCESS EXCLUSIVE, blocks none
# mysql
ALTER TABLE `child` ADD CHECK (amount > 0), ALGORITHM=COPY, LOCK=SHARED; -- lock SHARED, blocks writers, rewrites, refused: leave the check out while the service runs: sync or upgrade, with the service stopped, can add it
ALTER TABLE `child` ADD CONSTRAINT `ck` CHECK (amount < 10 OR label = 'big'), ALGORITHM=COPY, LOCK=SHARED; -- lock SHARED, blocks writers, rewrites, refused: leave the check out while the service runs: sync or upgrade, with the service stopped, can add it
ALTER TABLE `child` DROP CONSTRAINT `child_chk_1`, ALGORITHM=INSTANT, LOCK=DEFAULT; -- lock NONE, blocks none, then INPLACE, LOCK=NONE
ALTER TABLE `child` DROP CONSTRAINT `ck`, ALGORITHM=INSTANT, LOCK=DEFAULT; -- lock NONE, blocks none, then INPLACE, LOCK=NONE
# mariadb
ALTER TABLE `child` ADD CHECK (amount > 0), ALGORITHM=COPY, LOCK=SHARED; -- lock SHARED, blocks writers, rewrites, refused: leave the check out while the service runs: sync or upgrade, with the service stopped, can add it
ALTER TABLE `child` ADD CONSTRAINT `ck` CHECK (amount < 10 OR label = 'big'), ALGORITHM=COPY, LOCK=SHARED; -- lock SHARED, blocks writers, rewrites, refused: leave the check out while the service runs: sync or upgrade, with the service stopped, can add it
ALTER TABLE `child` DROP CONSTRAINT `CONSTRAINT_1`, ALGORITHM=INSTANT, LOCK=NONE; -- lock NONE, blocks none, then NOCOPY, LOCK=NONE
ALTER TABLE `child` DROP CONSTRAINT `ck`, ALGORITHM=INSTANT, LOCK=NONE; -- lock NONE, blocks none, then NOCOPY, LOCK=NONE

## enums
# sqlite
CREATE TABLE "t" ("c" VARCHAR(4) DEFAULT 'a'); -- lock database, blocks none
DROP TABLE "t"; -- lock database, blocks none
# postgres
CREATE TYPE "Odd Name" AS ENUM ('a', 'it''s'); -- lock none, blocks none
CREATE TABLE "t" ("c" "Odd Name" NULL DEFAULT 'a'); -- lock none, blocks none
DROP TABLE "t"; -- lock ACCESS EXCLUSIVE, blocks none
DROP TYPE "Odd Name"; -- lock none, blocks none
# mysql
CREATE TABLE `t` (`c` enum('a','it''s') NULL DEFAULT 'a'); -- lock EXCLUSIVE, blocks none
DROP TABLE `t`; -- lock EXCLUSIVE, blocks none
# mariadb
CREATE TABLE `t` (`c` enum('a','it''s') NULL DEFAULT 'a'); -- lock EXCLUSIVE, blocks none
DROP TABLE `t`; -- lock EXCLUSIVE, blocks none

## add enum value
# sqlite
# postgres
ALTER TYPE "mood" ADD VALUE 'it''s fine' AFTER 'ok'; -- lock none, blocks none, alone
ALTER TYPE "mood" ADD VALUE 'last'; -- lock none, blocks none, alone
# mysql
# mariadb

## triggers
# sqlite
CREATE TRIGGER "stamp" AFTER INSERT ON "child" FOR EACH ROW BEGIN UPDATE child SET label = 'none' WHERE id = NEW.id AND label IS NULL; END; -- lock database, blocks none
CREATE TRIGGER "guard" AFTER UPDATE OF "label" ON "child" FOR EACH ROW WHEN (NEW.label = 'bad') BEGIN SELECT RAISE(ABORT, 'bad'); END; -- lock database, blocks none
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(25) DEFAULT 'x', PRIMARY KEY ("id")); -- lock database, blocks none
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child"; -- lock database, blocks writers, rewrites
DROP TABLE "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = ON; -- lock none, blocks none
ALTER TABLE "manage_new_child" RENAME TO "child"; -- lock database, blocks none
PRAGMA legacy_alter_table = OFF; -- lock none, blocks none
CREATE TRIGGER "stamp" AFTER INSERT ON "child" FOR EACH ROW BEGIN UPDATE child SET label = 'none' WHERE id = NEW.id AND label IS NULL; END; -- lock database, blocks none
CREATE TRIGGER "guard" AFTER UPDATE OF "label" ON "child" FOR EACH ROW WHEN (NEW.label = 'bad') BEGIN SELECT RAISE(ABORT, 'bad'); END; -- lock database, blocks none
DROP TRIGGER "stamp"; -- lock database, blocks none
DROP TRIGGER IF EXISTS "guard"; -- lock database, blocks none
# postgres
CREATE OR REPLACE FUNCTION "child_stamp"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $manage$BEGIN IF NEW.label IS NULL THEN NEW.label := 'none'; END IF; RETURN NEW; END$manage$; -- lock none, blocks none
CREATE TRIGGER "stamp" BEFORE INSERT ON "child" FOR EACH ROW EXECUTE FUNCTION "child_stamp"(); -- lock SHARE ROW EXCLUSIVE, blocks none
CREATE OR REPLACE FUNCTION "child_guard"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $manage$BEGIN RAISE EXCEPTION 'bad'; END$manage$; -- lock none, blocks none
CREATE TRIGGER "guard" AFTER UPDATE OF "label" ON "child" FOR EACH ROW WHEN (NEW.label = 'bad') EXECUTE FUNCTION "child_guard"(); -- lock SHARE ROW EXCLUSIVE, blocks none
DROP TRIGGER "stamp" ON "child"; -- lock ACCESS EXCLUSIVE, blocks none
DROP FUNCTION IF EXISTS "child_stamp"(); -- lock none, blocks none
DROP TRIGGER IF EXISTS "guard" ON "child"; -- lock ACCESS EXCLUSIVE, blocks none
DROP FUNCTION IF EXISTS "child_guard"(); -- lock none, blocks none
# mysql
CREATE TRIGGER `stamp` BEFORE INSERT ON `child` FOR EACH ROW BEGIN IF NEW.label IS NULL THEN SET NEW.label = 'none'; END IF; END; -- lock EXCLUSIVE, blocks none
ALTER TABLE `child` MODIFY COLUMN `label` varchar(25) NULL DEFAULT 'x', ALGORITHM=INPLACE, LOCK=NONE; -- lock NONE, blocks none
DROP TRIGGER `stamp`; -- lock EXCLUSIVE, blocks none
DROP TRIGGER IF EXISTS `guard`; -- lock EXCLUSIVE, blocks none
# mariadb
CREATE TRIGGER `stamp` BEFORE INSERT ON `child` FOR EACH ROW BEGIN IF NEW.label IS NULL THEN SET NEW.label = 'none'; END IF; END; -- lock EXCLUSIVE, blocks none
ALTER TABLE `child` MODIFY COLUMN `label` varchar(25) NULL DEFAULT 'x', ALGORITHM=INSTANT, LOCK=NONE; -- lock NONE, blocks none, then NOCOPY, LOCK=NONE
DROP TRIGGER `stamp`; -- lock EXCLUSIVE, blocks none
DROP TRIGGER IF EXISTS `guard`; -- lock EXCLUSIVE, blocks none

## drop triggers
# sqlite
DROP TRIGGER "stamp"; -- lock database, blocks none
DROP TRIGGER IF EXISTS "stamp"; -- lock database, blocks none
# postgres
DROP TRIGGER "stamp" ON "child"; -- lock ACCESS EXCLUSIVE, blocks none
DROP FUNCTION IF EXISTS "child_stamp"(); -- lock none, blocks none
DROP TRIGGER IF EXISTS "stamp" ON "child"; -- lock ACCESS EXCLUSIVE, blocks none
DROP FUNCTION IF EXISTS "child_stamp"(); -- lock none, blocks none
# mysql
DROP TRIGGER `stamp`; -- lock EXCLUSIVE, blocks none
DROP TRIGGER IF EXISTS `stamp`; -- lock EXCLUSIVE, blocks none
# mariadb
DROP TRIGGER `stamp`; -- lock EXCLUSIVE, blocks none
DROP TRIGGER IF EXISTS `stamp`; -- lock EXCLUSIVE, blocks none

## sync columns
# sqlite
CREATE TRIGGER "amount_sync_insert" AFTER INSERT ON "child" FOR EACH ROW BEGIN UPDATE "child" SET "parent_id" = CASE WHEN NEW."amount" IS NOT NULL THEN (NEW."amount" + 1) END WHERE rowid = NEW.rowid AND NEW."amount" IS NOT NULL AND NOT (NEW."parent_id" IS NOT NULL) AND NOT ((NEW."parent_id" COLLATE BINARY) IS (CASE WHEN NEW."amount" IS NOT NULL THEN (NEW."amount" + 1) END) OR (NEW."amount" COLLATE BINARY) IS (CASE WHEN NEW."parent_id" IS NOT NULL THEN (NEW."parent_id" - 1) END));
UPDATE "child" SET "amount" = CASE WHEN NEW."parent_id" IS NOT NULL THEN (NEW."parent_id" - 1) END WHERE rowid = NEW.rowid AND NEW."parent_id" IS NOT NULL AND NOT ((NEW."parent_id" COLLATE BINARY) IS (CASE WHEN NEW."amount" IS NOT NULL THEN (NEW."amount" + 1) END) OR (NEW."amount" COLLATE BINARY) IS (CASE WHEN NEW."parent_id" IS NOT NULL THEN (NEW."parent_id" - 1) END)); END; -- lock database, blocks none
CREATE TRIGGER "amount_sync_update" AFTER UPDATE ON "child" FOR EACH ROW BEGIN UPDATE "child" SET "parent_id" = CASE WHEN NEW."amount" IS NOT NULL THEN (NEW."amount" + 1) END WHERE rowid = NEW.rowid AND NOT ((NEW."amount" COLLATE BINARY) IS (OLD."amount")) AND NOT (NOT ((NEW."parent_id" COLLATE BINARY) IS (OLD."parent_id"))) AND NOT ((NEW."parent_id" COLLATE BINARY) IS (CASE WHEN NEW."amount" IS NOT NULL THEN (NEW."amount" + 1) END) OR (NEW."amount" COLLATE BINARY) IS (CASE WHEN NEW."parent_id" IS NOT NULL THEN (NEW."parent_id" - 1) END));
UPDATE "child" SET "amount" = CASE WHEN NEW."parent_id" IS NOT NULL THEN (NEW."parent_id" - 1) END WHERE rowid = NEW.rowid AND NOT ((NEW."parent_id" COLLATE BINARY) IS (OLD."parent_id")) AND NOT ((NEW."parent_id" COLLATE BINARY) IS (CASE WHEN NEW."amount" IS NOT NULL THEN (NEW."amount" + 1) END) OR (NEW."amount" COLLATE BINARY) IS (CASE WHEN NEW."parent_id" IS NOT NULL THEN (NEW."parent_id" - 1) END)); END; -- lock database, blocks none
DROP TRIGGER IF EXISTS "amount_sync_update"; -- lock database, blocks none
DROP TRIGGER IF EXISTS "amount_sync_insert"; -- lock database, blocks none
CREATE TRIGGER "label_sync_insert" AFTER INSERT ON "child" FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'it''s odd') WHERE (NEW."label" IS NOT NULL AND NOT ((NEW."label" COLLATE BINARY) IS ('x') AND NEW."parent_id" IS NOT NULL)) AND NEW."parent_id" IS NOT NULL AND NOT ((NEW."parent_id" COLLATE BINARY) IS (CASE WHEN NEW."label" IS NOT NULL THEN (length(NEW."label")) END) OR (NEW."label" COLLATE BINARY) IS (CASE WHEN NEW."parent_id" IS NOT NULL THEN (concat('x', NEW."parent_id")) END));
UPDATE "child" SET "parent_id" = CASE WHEN NEW."label" IS NOT NULL THEN (length(NEW."label")) END WHERE rowid = NEW.rowid AND (NEW."label" IS NOT NULL AND NOT ((NEW."label" COLLATE BINARY) IS ('x') AND NEW."parent_id" IS NOT NULL)) AND NOT (NEW."parent_id" IS NOT NULL) AND NOT ((NEW."parent_id" COLLATE BINARY) IS (CASE WHEN NEW."label" IS NOT NULL THEN (length(NEW."label")) END) OR (NEW."label" COLLATE BINARY) IS (CASE WHEN NEW."parent_id" IS NOT NULL THEN (concat('x', NEW."parent_id")) END));
UPDATE "child" SET "label" = CASE WHEN NEW."parent_id" IS NOT NULL THEN (concat('x', NEW."parent_id")) END WHERE rowid = NEW.rowid AND NEW."parent_id" IS NOT NULL AND NOT ((NEW."label" IS NOT NULL AND NOT ((NEW."label" COLLATE BINARY) IS ('x') AND NEW."parent_id" IS NOT NULL))) AND NOT ((NEW."parent_id" COLLATE BINARY) IS (CASE WHEN NEW."label" IS NOT NULL THEN (length(NEW."label")) END) OR (NEW."label" COLLATE BINARY) IS (CASE WHEN NEW."parent_id" IS NOT NULL THEN (concat('x', NEW."parent_id")) END)); END; -- lock database, blocks none
CREATE TRIGGER "label_sync_update" AFTER UPDATE ON "child" FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'it''s odd') WHERE NOT ((NEW."label" COLLATE BINARY) IS (OLD."label")) AND NOT ((NEW."parent_id" COLLATE BINARY) IS (OLD."parent_id")) AND NOT ((NEW."parent_id" COLLATE BINARY) IS (CASE WHEN NEW."label" IS NOT NULL THEN (length(NEW."label")) END) OR (NEW."label" COLLATE BINARY) IS (CASE WHEN NEW."parent_id" IS NOT NULL THEN (concat('x', NEW."parent_id")) END));
UPDATE "child" SET "parent_id" = CASE WHEN NEW."label" IS NOT NULL THEN (length(NEW."label")) END WHERE rowid = NEW.rowid AND NOT ((NEW."label" COLLATE BINARY) IS (OLD."label")) AND NOT (NOT ((NEW."parent_id" COLLATE BINARY) IS (OLD."parent_id"))) AND NOT ((NEW."parent_id" COLLATE BINARY) IS (CASE WHEN NEW."label" IS NOT NULL THEN (length(NEW."label")) END) OR (NEW."label" COLLATE BINARY) IS (CASE WHEN NEW."parent_id" IS NOT NULL THEN (concat('x', NEW."parent_id")) END));
UPDATE "child" SET "label" = CASE WHEN NEW."parent_id" IS NOT NULL THEN (concat('x', NEW."parent_id")) END WHERE rowid = NEW.rowid AND NOT ((NEW."parent_id" COLLATE BINARY) IS (OLD."parent_id")) AND NOT (NOT ((NEW."label" COLLATE BINARY) IS (OLD."label"))) AND NOT ((NEW."parent_id" COLLATE BINARY) IS (CASE WHEN NEW."label" IS NOT NULL THEN (length(NEW."label")) END) OR (NEW."label" COLLATE BINARY) IS (CASE WHEN NEW."parent_id" IS NOT NULL THEN (concat('x', NEW."parent_id")) END)); END; -- lock database, blocks none
# postgres
CREATE OR REPLACE FUNCTION "child_amount_sync_insert"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $manage$DECLARE
  manage_sync_new "child"."parent_id"%TYPE;
  manage_sync_old "child"."amount"%TYPE;
BEGIN
  IF NEW."amount" IS NOT NULL OR NEW."parent_id" IS NOT NULL THEN
    manage_sync_new := CASE WHEN NEW."amount" IS NOT NULL THEN (NEW."amount" + 1) END;
    manage_sync_old := CASE WHEN NEW."parent_id" IS NOT NULL THEN (NEW."parent_id" - 1) END;
    IF NOT (NEW."parent_id" IS NOT DISTINCT FROM manage_sync_new OR NEW."amount" IS NOT DISTINCT FROM manage_sync_old) THEN
      IF NEW."amount" IS NOT NULL AND NEW."parent_id" IS NOT NULL THEN
        NEW."amount" := manage_sync_old;
      ELSIF NEW."amount" IS NOT NULL THEN
        NEW."parent_id" := manage_sync_new;
      ELSE
        NEW."amount" := manage_sync_old;
      END IF;
    END IF;
  END IF;
  RETURN NEW;
END$manage$; -- lock none, blocks none
CREATE TRIGGER "amount_sync_insert" BEFORE INSERT ON "child" FOR EACH ROW EXECUTE FUNCTION "child_amount_sync_insert"(); -- lock SHARE ROW EXCLUSIVE, blocks none
CREATE OR REPLACE FUNCTION "child_amount_sync_update"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $manage$DECLARE
  manage_sync_new "child"."parent_id"%TYPE;
  manage_sync_old "child"."amount"%TYPE;
BEGIN
  IF NOT (NEW."amount" IS NOT DISTINCT FROM OLD."amount") OR NOT (NEW."parent_id" IS NOT DISTINCT FROM OLD."parent_id") THEN
    manage_sync_new := CASE WHEN NEW."amount" IS NOT NULL THEN (NEW."amount" + 1) END;
    manage_sync_old := CASE WHEN NEW."parent_id" IS NOT NULL THEN (NEW."parent_id" - 1) END;
    IF NOT (NEW."parent_id" IS NOT DISTINCT FROM manage_sync_new OR NEW."amount" IS NOT DISTINCT FROM manage_sync_old) THEN
      IF NOT (NEW."amount" IS NOT DISTINCT FROM OLD."amount") AND NOT (NEW."parent_id" IS NOT DISTINCT FROM OLD."parent_id") THEN
        NEW."amount" := manage_sync_old;
      ELSIF NOT (NEW."amount" IS NOT DISTINCT FROM OLD."amount") THEN
        NEW."parent_id" := manage_sync_new;
      ELSE
        NEW."amount" := manage_sync_old;
      END IF;
    END IF;
  END IF;
  RETURN NEW;
END$manage$; -- lock none, blocks none
CREATE TRIGGER "amount_sync_update" BEFORE UPDATE ON "child" FOR EACH ROW EXECUTE FUNCTION "child_amount_sync_update"(); -- lock SHARE ROW EXCLUSIVE, blocks none
DROP TRIGGER IF EXISTS "amount_sync_update" ON "child"; -- lock ACCESS EXCLUSIVE, blocks none
DROP FUNCTION IF EXISTS "child_amount_sync_update"(); -- lock none, blocks none
DROP TRIGGER IF EXISTS "amount_sync_insert" ON "child"; -- lock ACCESS EXCLUSIVE, blocks none
DROP FUNCTION IF EXISTS "child_amount_sync_insert"(); -- lock none, blocks none
CREATE OR REPLACE FUNCTION "child_label_sync_insert"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $manage$DECLARE
  manage_sync_new "child"."parent_id"%TYPE;
  manage_sync_old "child"."label"%TYPE;
BEGIN
  IF (NEW."label" IS NOT NULL AND NOT ((NEW."label")::text COLLATE "C" IS NOT DISTINCT FROM ('x')::text COLLATE "C" AND NEW."parent_id" IS NOT NULL)) OR NEW."parent_id" IS NOT NULL THEN
    manage_sync_new := CASE WHEN NEW."label" IS NOT NULL THEN (length(NEW."label")) END;
    manage_sync_old := CASE WHEN NEW."parent_id" IS NOT NULL THEN (concat('x', NEW."parent_id")) END;
    IF NOT (NEW."parent_id" IS NOT DISTINCT FROM manage_sync_new OR (NEW."label")::text COLLATE "C" IS NOT DISTINCT FROM (manage_sync_old)::text COLLATE "C") THEN
      IF (NEW."label" IS NOT NULL AND NOT ((NEW."label")::text COLLATE "C" IS NOT DISTINCT FROM ('x')::text COLLATE "C" AND NEW."parent_id" IS NOT NULL)) AND NEW."parent_id" IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = '45000', MESSAGE = 'it''s odd';
      ELSIF (NEW."label" IS NOT NULL AND NOT ((NEW."label")::text COLLATE "C" IS NOT DISTINCT FROM ('x')::text COLLATE "C" AND NEW."parent_id" IS NOT NULL)) THEN
        NEW."parent_id" := manage_sync_new;
      ELSE
        NEW."label" := manage_sync_old;
      END IF;
    END IF;
  END IF;
  RETURN NEW;
END$manage$; -- lock none, blocks none
CREATE TRIGGER "label_sync_insert" BEFORE INSERT ON "child" FOR EACH ROW EXECUTE FUNCTION "child_label_sync_insert"(); -- lock SHARE ROW EXCLUSIVE, blocks none
CREATE OR REPLACE FUNCTION "child_label_sync_update"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $manage$DECLARE
  manage_sync_new "child"."parent_id"%TYPE;
  manage_sync_old "child"."label"%TYPE;
BEGIN
  IF NOT ((NEW."label")::text COLLATE "C" IS NOT DISTINCT FROM (OLD."label")::text COLLATE "C") OR NOT (NEW."parent_id" IS NOT DISTINCT FROM OLD."parent_id") THEN
    manage_sync_new := CASE WHEN NEW."label" IS NOT NULL THEN (length(NEW."label")) END;
    manage_sync_old := CASE WHEN NEW."parent_id" IS NOT NULL THEN (concat('x', NEW."parent_id")) END;
    IF NOT (NEW."parent_id" IS NOT DISTINCT FROM manage_sync_new OR (NEW."label")::text COLLATE "C" IS NOT DISTINCT FROM (manage_sync_old)::text COLLATE "C") THEN
      IF NOT ((NEW."label")::text COLLATE "C" IS NOT DISTINCT FROM (OLD."label")::text COLLATE "C") AND NOT (NEW."parent_id" IS NOT DISTINCT FROM OLD."parent_id") THEN
        RAISE EXCEPTION USING ERRCODE = '45000', MESSAGE = 'it''s odd';
      ELSIF NOT ((NEW."label")::text COLLATE "C" IS NOT DISTINCT FROM (OLD."label")::text COLLATE "C") THEN
        NEW."parent_id" := manage_sync_new;
      ELSE
        NEW."label" := manage_sync_old;
      END IF;
    END IF;
  END IF;
  RETURN NEW;
END$manage$; -- lock none, blocks none
CREATE TRIGGER "label_sync_update" BEFORE UPDATE ON "child" FOR EACH ROW EXECUTE FUNCTION "child_label_sync_update"(); -- lock SHARE ROW EXCLUSIVE, blocks none
# mysql
CREATE TRIGGER `amount_sync_insert` BEFORE INSERT ON `child` FOR EACH ROW BEGIN
  IF (NEW.`amount` IS NOT NULL OR NEW.`parent_id` IS NOT NULL) AND NOT ((NEW.`parent_id`) <=> (CASE WHEN NEW.`amount` IS NOT NULL THEN (NEW.`amount` + 1) END) OR (NEW.`amount`) <=> (CASE WHEN NEW.`parent_id` IS NOT NULL THEN (NEW.`parent_id` - 1) END)) THEN
    IF NEW.`amount` IS NOT NULL AND NEW.`parent_id` IS NOT NULL THEN
      SET NEW.`amount` = CASE WHEN NEW.`parent_id` IS NOT NULL THEN (NEW.`parent_id` - 1) END;
    ELSEIF NEW.`amount` IS NOT NULL THEN
      SET NEW.`parent_id` = CASE WHEN NEW.`amount` IS NOT NULL THEN (NEW.`amount` + 1) END;
    ELSE
      SET NEW.`amount` = CASE WHEN NEW.`parent_id` IS NOT NULL THEN (NEW.`parent_id` - 1) END;
    END IF;
  END IF;
END; -- lock EXCLUSIVE, blocks none
CREATE TRIGGER `amount_sync_update` BEFORE UPDATE ON `child` FOR EACH ROW BEGIN
  IF (NOT ((NEW.`amount`) <=> (OLD.`amount`)) OR NOT ((NEW.`parent_id`) <=> (OLD.`parent_id`))) AND NOT ((NEW.`parent_id`) <=> (CASE WHEN NEW.`amount` IS NOT NULL THEN (NEW.`amount` + 1) END) OR (NEW.`amount`) <=> (CASE WHEN NEW.`parent_id` IS NOT NULL THEN (NEW.`parent_id` - 1) END)) THEN
    IF NOT ((NEW.`amount`) <=> (OLD.`amount`)) AND NOT ((NEW.`parent_id`) <=> (OLD.`parent_id`)) THEN
      SET NEW.`amount` = CASE WHEN NEW.`parent_id` IS NOT NULL THEN (NEW.`parent_id` - 1) END;
    ELSEIF NOT ((NEW.`amount`) <=> (OLD.`amount`)) THEN
      SET NEW.`parent_id` = CASE WHEN NEW.`amount` IS NOT NULL THEN (NEW.`amount` + 1) END;
    ELSE
      SET NEW.`amount` = CASE WHEN NEW.`parent_id` IS NOT NULL THEN (NEW.`parent_id` - 1) END;
    END IF;
  END IF;
END; -- lock EXCLUSIVE, blocks none
DROP TRIGGER IF EXISTS `amount_sync_update`; -- lock EXCLUSIVE, blocks none
DROP TRIGGER IF EXISTS `amount_sync_insert`; -- lock EXCLUSIVE, blocks none
CREATE TRIGGER `label_sync_insert` BEFORE INSERT ON `child` FOR EACH ROW BEGIN
  IF ((NEW.`label` IS NOT NULL AND NOT (CAST(CONVERT(NEW.`label` USING utf8mb4) AS BINARY) <=> CAST(CONVERT('x' USING utf8mb4) AS BINARY) AND NEW.`parent_id` IS NOT NULL)) OR NEW.`parent_id` IS NOT NULL) AND NOT ((NEW.`parent_id`) <=> (CASE WHEN NEW.`label` IS NOT NULL THEN (length(NEW.`label`)) END) OR CAST(CONVERT(NEW.`label` USING utf8mb4) AS BINARY) <=> CAST(CONVERT(CASE WHEN NEW.`parent_id` IS NOT NULL THEN (concat('x', NEW.`parent_id`)) END USING utf8mb4) AS BINARY)) THEN
    IF (NEW.`label` IS NOT NULL AND NOT (CAST(CONVERT(NEW.`label` USING utf8mb4) AS BINARY) <=> CAST(CONVERT('x' USING utf8mb4) AS BINARY) AND NEW.`parent_id` IS NOT NULL)) AND NEW.`parent_id` IS NOT NULL THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'it''s odd';
    ELSEIF (NEW.`label` IS NOT NULL AND NOT (CAST(CONVERT(NEW.`label` USING utf8mb4) AS BINARY) <=> CAST(CONVERT('x' USING utf8mb4) AS BINARY) AND NEW.`parent_id` IS NOT NULL)) THEN
      SET NEW.`parent_id` = CASE WHEN NEW.`label` IS NOT NULL THEN (length(NEW.`label`)) END;
    ELSE
      SET NEW.`label` = CASE WHEN NEW.`parent_id` IS NOT NULL THEN (concat('x', NEW.`parent_id`)) END;
    END IF;
  END IF;
END; -- lock EXCLUSIVE, blocks none
CREATE TRIGGER `label_sync_update` BEFORE UPDATE ON `child` FOR EACH ROW BEGIN
  IF (NOT (CAST(CONVERT(NEW.`label` USING utf8mb4) AS BINARY) <=> CAST(CONVERT(OLD.`label` USING utf8mb4) AS BINARY)) OR NOT ((NEW.`parent_id`) <=> (OLD.`parent_id`))) AND NOT ((NEW.`parent_id`) <=> (CASE WHEN NEW.`label` IS NOT NULL THEN (length(NEW.`label`)) END) OR CAST(CONVERT(NEW.`label` USING utf8mb4) AS BINARY) <=> CAST(CONVERT(CASE WHEN NEW.`parent_id` IS NOT NULL THEN (concat('x', NEW.`parent_id`)) END USING utf8mb4) AS BINARY)) THEN
    IF NOT (CAST(CONVERT(NEW.`label` USING utf8mb4) AS BINARY) <=> CAST(CONVERT(OLD.`label` USING utf8mb4) AS BINARY)) AND NOT ((NEW.`parent_id`) <=> (OLD.`parent_id`)) THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'it''s odd';
    ELSEIF NOT (CAST(CONVERT(NEW.`label` USING utf8mb4) AS BINARY) <=> CAST(CONVERT(OLD.`label` USING utf8mb4) AS BINARY)) THEN
      SET NEW.`parent_id` = CASE WHEN NEW.`label` IS NOT NULL THEN (length(NEW.`label`)) END;
    ELSE
      SET NEW.`label` = CASE WHEN NEW.`parent_id` IS NOT NULL THEN (concat('x', NEW.`parent_id`)) END;
    END IF;
  END IF;
END; -- lock EXCLUSIVE, blocks none
# mariadb
CREATE TRIGGER `amount_sync_insert` BEFORE INSERT ON `child` FOR EACH ROW BEGIN
  IF (NEW.`amount` IS NOT NULL OR NEW.`parent_id` IS NOT NULL) AND NOT ((NEW.`parent_id`) <=> (CASE WHEN NEW.`amount` IS NOT NULL THEN (NEW.`amount` + 1) END) OR (NEW.`amount`) <=> (CASE WHEN NEW.`parent_id` IS NOT NULL THEN (NEW.`parent_id` - 1) END)) THEN
    IF NEW.`amount` IS NOT NULL AND NEW.`parent_id` IS NOT NULL THEN
      SET NEW.`amount` = CASE WHEN NEW.`parent_id` IS NOT NULL THEN (NEW.`parent_id` - 1) END;
    ELSEIF NEW.`amount` IS NOT NULL THEN
      SET NEW.`parent_id` = CASE WHEN NEW.`amount` IS NOT NULL THEN (NEW.`amount` + 1) END;
    ELSE
      SET NEW.`amount` = CASE WHEN NEW.`parent_id` IS NOT NULL THEN (NEW.`parent_id` - 1) END;
    END IF;
  END IF;
END; -- lock EXCLUSIVE, blocks none
CREATE TRIGGER `amount_sync_update` BEFORE UPDATE ON `child` FOR EACH ROW BEGIN
  IF (NOT ((NEW.`amount`) <=> (OLD.`amount`)) OR NOT ((NEW.`parent_id`) <=> (OLD.`parent_id`))) AND NOT ((NEW.`parent_id`) <=> (CASE WHEN NEW.`amount` IS NOT NULL THEN (NEW.`amount` + 1) END) OR (NEW.`amount`) <=> (CASE WHEN NEW.`parent_id` IS NOT NULL THEN (NEW.`parent_id` - 1) END)) THEN
    IF NOT ((NEW.`amount`) <=> (OLD.`amount`)) AND NOT ((NEW.`parent_id`) <=> (OLD.`parent_id`)) THEN
      SET NEW.`amount` = CASE WHEN NEW.`parent_id` IS NOT NULL THEN (NEW.`parent_id` - 1) END;
    ELSEIF NOT ((NEW.`amount`) <=> (OLD.`amount`)) THEN
      SET NEW.`parent_id` = CASE WHEN NEW.`amount` IS NOT NULL THEN (NEW.`amount` + 1) END;
    ELSE
      SET NEW.`amount` = CASE WHEN NEW.`parent_id` IS NOT NULL THEN (NEW.`parent_id` - 1) END;
    END IF;
  END IF;
END; -- lock EXCLUSIVE, blocks none
DROP TRIGGER IF EXISTS `amount_sync_update`; -- lock EXCLUSIVE, blocks none
DROP TRIGGER IF EXISTS `amount_sync_insert`; -- lock EXCLUSIVE, blocks none
CREATE TRIGGER `label_sync_insert` BEFORE INSERT ON `child` FOR EACH ROW BEGIN
  IF ((NEW.`label` IS NOT NULL AND NOT (CAST(CONVERT(NEW.`label` USING utf8mb4) AS BINARY) <=> CAST(CONVERT('x' USING utf8mb4) AS BINARY) AND NEW.`parent_id` IS NOT NULL)) OR NEW.`parent_id` IS NOT NULL) AND NOT ((NEW.`parent_id`) <=> (CASE WHEN NEW.`label` IS NOT NULL THEN (length(NEW.`label`)) END) OR CAST(CONVERT(NEW.`label` USING utf8mb4) AS BINARY) <=> CAST(CONVERT(CASE WHEN NEW.`parent_id` IS NOT NULL THEN (concat('x', NEW.`parent_id`)) END USING utf8mb4) AS BINARY)) THEN
    IF (NEW.`label` IS NOT NULL AND NOT (CAST(CONVERT(NEW.`label` USING utf8mb4) AS BINARY) <=> CAST(CONVERT('x' USING utf8mb4) AS BINARY) AND NEW.`parent_id` IS NOT NULL)) AND NEW.`parent_id` IS NOT NULL THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'it''s odd';
    ELSEIF (NEW.`label` IS NOT NULL AND NOT (CAST(CONVERT(NEW.`label` USING utf8mb4) AS BINARY) <=> CAST(CONVERT('x' USING utf8mb4) AS BINARY) AND NEW.`parent_id` IS NOT NULL)) THEN
      SET NEW.`parent_id` = CASE WHEN NEW.`label` IS NOT NULL THEN (length(NEW.`label`)) END;
    ELSE
      SET NEW.`label` = CASE WHEN NEW.`parent_id` IS NOT NULL THEN (concat('x', NEW.`parent_id`)) END;
    END IF;
  END IF;
END; -- lock EXCLUSIVE, blocks none
CREATE TRIGGER `label_sync_update` BEFORE UPDATE ON `child` FOR EACH ROW BEGIN
  IF (NOT (CAST(CONVERT(NEW.`label` USING utf8mb4) AS BINARY) <=> CAST(CONVERT(OLD.`label` USING utf8mb4) AS BINARY)) OR NOT ((NEW.`parent_id`) <=> (OLD.`parent_id`))) AND NOT ((NEW.`parent_id`) <=> (CASE WHEN NEW.`label` IS NOT NULL THEN (length(NEW.`label`)) END) OR CAST(CONVERT(NEW.`label` USING utf8mb4) AS BINARY) <=> CAST(CONVERT(CASE WHEN NEW.`parent_id` IS NOT NULL THEN (concat('x', NEW.`parent_id`)) END USING utf8mb4) AS BINARY)) THEN
    IF NOT (CAST(CONVERT(NEW.`label` USING utf8mb4) AS BINARY) <=> CAST(CONVERT(OLD.`label` USING utf8mb4) AS BINARY)) AND NOT ((NEW.`parent_id`) <=> (OLD.`parent_id`)) THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'it''s odd';
    ELSEIF NOT (CAST(CONVERT(NEW.`label` USING utf8mb4) AS BINARY) <=> CAST(CONVERT(OLD.`label` USING utf8mb4) AS BINARY)) THEN
      SET NEW.`parent_id` = CASE WHEN NEW.`label` IS NOT NULL THEN (length(NEW.`label`)) END;
    ELSE
      SET NEW.`label` = CASE WHEN NEW.`parent_id` IS NOT NULL THEN (concat('x', NEW.`parent_id`)) END;
    END IF;
  END IF;
END; -- lock EXCLUSIVE, blocks none

## drop a table with a trigger
# sqlite
DROP TABLE "child"; -- lock database, blocks none
# postgres
DROP TABLE "child"; -- lock ACCESS EXCLUSIVE, blocks none
DROP FUNCTION IF EXISTS "child_stamp"(); -- lock none, blocks none
# mysql
DROP TABLE `child`; -- lock EXCLUSIVE, blocks none
# mariadb
DROP TABLE `child`; -- lock EXCLUSIVE, blocks none

## rows that are taken back
# sqlite
INSERT INTO "parent" ("id", "name") VALUES (1, 'one''s'), (2, 'two'); -- lock database, blocks writers
INSERT INTO "child" ("parent_id", "label") VALUES (1, NULL); -- lock database, blocks writers
# postgres
INSERT INTO "parent" ("id", "name") VALUES (1, 'one''s'), (2, 'two'); -- lock rows, blocks none
SELECT setval(pg_get_serial_sequence('"parent"', 'id'), GREATEST(MAX("id"), nextval(pg_get_serial_sequence('"parent"', 'id')) - 1, 1)) FROM "parent"; -- lock rows, blocks none
INSERT INTO "child" ("parent_id", "label") VALUES (1, NULL); -- lock rows, blocks none
# mysql
INSERT INTO `parent` (`id`, `name`) VALUES (1, 'one''s'), (2, 'two'); -- lock rows, blocks none
INSERT INTO `child` (`parent_id`, `label`) VALUES (1, NULL); -- lock rows, blocks none
# mariadb
INSERT INTO `parent` (`id`, `name`) VALUES (1, 'one''s'), (2, 'two'); -- lock rows, blocks none
INSERT INTO `child` (`parent_id`, `label`) VALUES (1, NULL); -- lock rows, blocks none

## rows
# sqlite
INSERT INTO "parent" ("id", "name") VALUES (1, 'one''s'), (2, 'back\slash'), (3, UPPER('x')); -- lock database, blocks writers
INSERT INTO "parent" ("id") VALUES (4); -- lock database, blocks writers
INSERT INTO "child" ("id", "parent_id", "flag", "amount", "label") VALUES (1, NULL, 1, 1.25, 'a'), (2, 1, 0, 2, 'z'); -- lock database, blocks writers
UPDATE "child" SET "amount" = 3, "flag" = 1, "label" = label || '!' WHERE id = 1; -- lock database, blocks writers
DELETE FROM "child" WHERE label = 'z'; -- lock database, blocks writers
# postgres
INSERT INTO "parent" ("id", "name") VALUES (1, 'one''s'), (2, 'back\slash'), (3, UPPER('x')); -- lock rows, blocks none
INSERT INTO "parent" ("id") VALUES (4); -- lock rows, blocks none
SELECT setval(pg_get_serial_sequence('"parent"', 'id'), GREATEST(MAX("id"), nextval(pg_get_serial_sequence('"parent"', 'id')) - 1, 1)) FROM "parent"; -- lock rows, blocks none
INSERT INTO "child" ("id", "parent_id", "flag", "amount", "label") VALUES (1, NULL, true, 1.25, 'b'), (2, 1, false, 2, 'z'); -- lock rows, blocks none
SELECT setval(pg_get_serial_sequence('"child"', 'id'), GREATEST(MAX("id"), nextval(pg_get_serial_sequence('"child"', 'id')) - 1, 1)) FROM "child"; -- lock rows, blocks none
UPDATE "child" SET "amount" = 3, "flag" = true, "label" = label || '!' WHERE id = 1; -- lock rows, blocks writers
DELETE FROM "child" WHERE label = 'z'; -- lock rows, blocks writers
# mysql
INSERT INTO `parent` (`id`, `name`) VALUES (1, 'one''s'), (2, 'back\\slash'), (3, UPPER('x')); -- lock rows, blocks none
INSERT INTO `parent` (`id`) VALUES (4); -- lock rows, blocks none
INSERT INTO `child` (`id`, `parent_id`, `flag`, `amount`, `label`) VALUES (1, NULL, 1, 1.25, 'a'), (2, 1, 0, 2, 'z'); -- lock rows, blocks none
UPDATE `child` SET `amount` = 3, `flag` = 1, `label` = CONCAT(label, '!') WHERE id = 1; -- lock rows, blocks writers
DELETE FROM `child` WHERE label = 'z'; -- lock rows, blocks writers
# mariadb
INSERT INTO `parent` (`id`, `name`) VALUES (1, 'one''s'), (2, 'back\\slash'), (3, UPPER('x')); -- lock rows, blocks none
INSERT INTO `parent` (`id`) VALUES (4); -- lock rows, blocks none
INSERT INTO `child` (`id`, `parent_id`, `flag`, `amount`, `label`) VALUES (1, NULL, 1, 1.25, 'a'), (2, 1, 0, 2, 'z'); -- lock rows, blocks none
UPDATE `child` SET `amount` = 3, `flag` = 1, `label` = CONCAT(label, '!') WHERE id = 1; -- lock rows, blocks writers
DELETE FROM `child` WHERE label = 'z'; -- lock rows, blocks writers

