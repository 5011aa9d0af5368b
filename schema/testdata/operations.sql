## create every type
# sqlite
CREATE TABLE "types" ("id" INTEGER NOT NULL, "a" VARCHAR(36) DEFAULT 'a''b\c' NOT NULL, "b" CHAR(2), "c" TEXT, "d" TEXT, "e" BIGINT DEFAULT -5, "f" SMALLINT DEFAULT 7, "g" BOOLEAN DEFAULT 1, "h" FLOAT, "i" FLOAT, "j" DOUBLE DEFAULT 1.5, "k" NUMERIC, "l" NUMERIC(8, 2), "m" DATETIME DEFAULT CURRENT_TIMESTAMP, "n" DATE DEFAULT '2020-02-03', "o" JSON, "p" BLOB, "q" BLOB, "r" CHAR(32), "s" VARCHAR(8) DEFAULT 'so so', "u" TEXT(63) DEFAULT 'x', "v" TEXT(65535), "t" INTEGER, PRIMARY KEY ("id"));
# postgres
CREATE TABLE "types" ("id" serial NOT NULL, "a" character varying(36) NOT NULL DEFAULT 'a''b\c', "b" character(2) NULL, "c" text NULL, "d" text NULL, "e" bigint NULL DEFAULT -5, "f" smallint NULL DEFAULT 7, "g" boolean NULL DEFAULT true, "h" double precision NULL, "i" double precision NULL, "j" double precision NULL DEFAULT 1.5, "k" numeric NULL, "l" numeric(8,2) NULL, "m" timestamp without time zone NULL DEFAULT CURRENT_TIMESTAMP, "n" date NULL DEFAULT '2020-02-03', "o" json NULL, "p" bytea NULL, "q" bytea NULL, "r" uuid NULL, "s" "mood" NULL DEFAULT 'so so', "u" text NULL DEFAULT 'x', "v" text NULL, "t" bigint NULL, PRIMARY KEY ("id"));
COMMENT ON COLUMN "types"."t" IS 'what''s up';
# mysql
CREATE TABLE `types` (`id` int NOT NULL AUTO_INCREMENT, `a` varchar(36) NOT NULL DEFAULT 'a''b\\c', `b` char(2) NULL, `c` text NULL, `d` mediumtext NULL, `e` bigint NULL DEFAULT -5, `f` smallint NULL DEFAULT 7, `g` tinyint(1) NULL DEFAULT 1, `h` float NULL, `i` double NULL, `j` double NULL DEFAULT 1.5, `k` decimal(10,0) NULL, `l` decimal(8,2) NULL, `m` datetime NULL DEFAULT CURRENT_TIMESTAMP, `n` date NULL DEFAULT '2020-02-03', `o` json NULL, `p` blob NULL, `q` mediumblob NULL, `r` char(32) NULL, `s` enum('ok','so so','it''s bad') NULL DEFAULT 'so so', `u` tinytext NULL DEFAULT ('x'), `v` mediumtext NULL, `t` bigint NULL COMMENT 'what''s up', PRIMARY KEY (`id`));
# mariadb
CREATE TABLE `types` (`id` int NOT NULL AUTO_INCREMENT, `a` varchar(36) NOT NULL DEFAULT 'a''b\\c', `b` char(2) NULL, `c` text NULL, `d` mediumtext NULL, `e` bigint NULL DEFAULT -5, `f` smallint NULL DEFAULT 7, `g` tinyint(1) NULL DEFAULT 1, `h` float NULL, `i` double NULL, `j` double NULL DEFAULT 1.5, `k` decimal(10,0) NULL, `l` decimal(8,2) NULL, `m` datetime NULL DEFAULT CURRENT_TIMESTAMP, `n` date NULL DEFAULT '2020-02-03', `o` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL CHECK (json_valid(`o`)), `p` blob NULL, `q` mediumblob NULL, `r` uuid NULL, `s` enum('ok','so so','it''s bad') NULL DEFAULT 'so so', `u` tinytext NULL DEFAULT 'x', `v` mediumtext NULL, `t` bigint NULL COMMENT 'what''s up', PRIMARY KEY (`id`));

## create with constraints
# sqlite
CREATE TABLE "order" ("a b" INTEGER NOT NULL, "quo""te" INTEGER NOT NULL, "tick`" VARCHAR(300), "select" BOOLEAN, "parent_id" INTEGER, "other_id" INTEGER, PRIMARY KEY ("a b", "quo""te"), CONSTRAINT "uq" UNIQUE ("select", "parent_id"), UNIQUE ("other_id"), FOREIGN KEY ("parent_id") REFERENCES "parent" ("id") ON DELETE CASCADE, CONSTRAINT "fk_other" FOREIGN KEY ("other_id") REFERENCES "parent" ("id") ON DELETE SET NULL ON UPDATE CASCADE, CHECK (parent_id > 0), CONSTRAINT "ck" CHECK (parent_id > 3 OR parent_id IS NULL), CHECK (parent_id IN (0, 1)), CONSTRAINT "ck2" CHECK (parent_id < 100));
CREATE INDEX "ix" ON "order" ("tick`", "select");
CREATE UNIQUE INDEX "ix_u" ON "order" ("select");
# postgres
CREATE TABLE "order" ("a b" integer NOT NULL, "quo""te" integer NOT NULL, "tick`" character varying(300) NULL, "select" boolean NULL, "parent_id" integer NULL, "other_id" integer NULL, PRIMARY KEY ("a b", "quo""te"), CONSTRAINT "uq" UNIQUE ("select", "parent_id"), UNIQUE ("other_id"), FOREIGN KEY ("parent_id") REFERENCES "parent" ("id") ON DELETE CASCADE, CONSTRAINT "fk_other" FOREIGN KEY ("other_id") REFERENCES "parent" ("id") ON UPDATE CASCADE ON DELETE SET NULL, CHECK (parent_id > 0), CONSTRAINT "ck" CHECK (parent_id > 3 OR parent_id IS NULL), CONSTRAINT "ck2" CHECK (parent_id < 100));
CREATE INDEX "ix" ON "order" ("tick`", "select");
CREATE UNIQUE INDEX "ix_u" ON "order" ("select");
# mysql
CREATE TABLE `order` (`a b` int NOT NULL, `quo"te` int NOT NULL, `tick``` varchar(300) NULL, `select` tinyint(1) NULL, `parent_id` int NULL, `other_id` int NULL, PRIMARY KEY (`a b`, `quo"te`), UNIQUE INDEX `uq` (`select`, `parent_id`), UNIQUE INDEX (`other_id`), UNIQUE INDEX `ix_u` (`select`), INDEX `ix` (`tick``` (50), `select`), FOREIGN KEY (`parent_id`) REFERENCES `parent` (`id`) ON DELETE CASCADE, CONSTRAINT `fk_other` FOREIGN KEY (`other_id`) REFERENCES `parent` (`id`) ON UPDATE CASCADE ON DELETE SET NULL, CHECK (parent_id > 0), CONSTRAINT `ck` CHECK (parent_id > 3 OR parent_id IS NULL), CHECK (parent_id IN (0, 1)), CONSTRAINT `order_chk_7` CHECK (parent_id < 100));
# mariadb
CREATE TABLE `order` (`a b` int NOT NULL, `quo"te` int NOT NULL, `tick``` varchar(300) NULL, `select` tinyint(1) NULL, `parent_id` int NULL, `other_id` int NULL, PRIMARY KEY (`a b`, `quo"te`), UNIQUE INDEX `uq` (`select`, `parent_id`), UNIQUE INDEX (`other_id`), UNIQUE INDEX `ix_u` (`select`), INDEX `ix` (`tick``` (50), `select`), FOREIGN KEY (`parent_id`) REFERENCES `parent` (`id`) ON DELETE CASCADE, CONSTRAINT `fk_other` FOREIGN KEY (`other_id`) REFERENCES `parent` (`id`) ON UPDATE CASCADE ON DELETE SET NULL, CHECK (parent_id > 0), CONSTRAINT `ck` CHECK (parent_id > 3 OR parent_id IS NULL), CHECK (parent_id IN (0, 1)), CONSTRAINT `CONSTRAINT_9` CHECK (parent_id < 100));

## create a table that refers to itself
# sqlite
CREATE TABLE "tree" ("id" INTEGER NOT NULL, "up" INTEGER, PRIMARY KEY ("id"), FOREIGN KEY ("up") REFERENCES "tree" ("id"));
# postgres
CREATE TABLE "tree" ("id" serial NOT NULL, "up" integer NULL, PRIMARY KEY ("id"), FOREIGN KEY ("up") REFERENCES "tree" ("id"));
# mysql
CREATE TABLE `tree` (`id` int NOT NULL AUTO_INCREMENT, `up` int NULL, PRIMARY KEY (`id`), FOREIGN KEY (`up`) REFERENCES `tree` (`id`));
# mariadb
CREATE TABLE `tree` (`id` int NOT NULL AUTO_INCREMENT, `up` int NULL, PRIMARY KEY (`id`), FOREIGN KEY (`up`) REFERENCES `tree` (`id`));

## create if not exists
# sqlite
CREATE TABLE IF NOT EXISTS "t" ("a" INTEGER);
# postgres
CREATE TABLE IF NOT EXISTS "t" ("a" integer NULL);
# mysql
CREATE TABLE IF NOT EXISTS `t` (`a` int NULL);
# mariadb
CREATE TABLE IF NOT EXISTS `t` (`a` int NULL);

## drop table
# sqlite
DROP TABLE "child";
DROP TABLE IF EXISTS "parent";
# postgres
DROP TABLE "child";
DROP TABLE IF EXISTS "parent";
# mysql
DROP TABLE `child`;
DROP TABLE IF EXISTS `parent`;
# mariadb
DROP TABLE `child`;
DROP TABLE IF EXISTS `parent`;

## rename table
# sqlite
ALTER TABLE "parent" RENAME TO "elder";
ALTER TABLE "child" RENAME TO "kid";
# postgres
ALTER TABLE "parent" RENAME TO "elder";
ALTER TABLE "child" RENAME TO "kid";
# mysql
RENAME TABLE `parent` TO `elder`;
RENAME TABLE `child` TO `kid`;
# mariadb
RENAME TABLE `parent` TO `elder`;
RENAME TABLE `child` TO `kid`;

## add columns
# sqlite
ALTER TABLE "child" ADD COLUMN "note" VARCHAR(10);
ALTER TABLE "child" ADD COLUMN "on" BOOLEAN DEFAULT 1 NOT NULL;
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', "note" VARCHAR(10), "on" BOOLEAN DEFAULT 1 NOT NULL, "at" DATETIME DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY ("id"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label", "note", "on") SELECT "id", "parent_id", "flag", "amount", "label", "note", "on" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
ALTER TABLE "child" ADD COLUMN "data" JSON;
ALTER TABLE "child" ADD COLUMN "mood" VARCHAR(3);
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', "note" VARCHAR(10), "on" BOOLEAN DEFAULT 1 NOT NULL, "at" DATETIME DEFAULT CURRENT_TIMESTAMP, "data" JSON, "mood" VARCHAR(3), "sum" INTEGER DEFAULT (1 + 1), PRIMARY KEY ("id"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label", "note", "on", "at", "data", "mood") SELECT "id", "parent_id", "flag", "amount", "label", "note", "on", "at", "data", "mood" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
# postgres
ALTER TABLE "child" ADD COLUMN "note" character varying(10) NULL;
ALTER TABLE "child" ADD COLUMN "on" boolean NOT NULL DEFAULT true;
ALTER TABLE "child" ADD COLUMN "at" timestamp without time zone NULL DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE "child" ADD COLUMN "data" json NULL;
ALTER TABLE "child" ADD COLUMN "mood" "mood" NULL;
COMMENT ON COLUMN "child"."mood" IS 'how it is';
ALTER TABLE "child" ADD COLUMN "sum" integer NULL DEFAULT 1 + 1;
# mysql
ALTER TABLE `child` ADD COLUMN `note` varchar(10) NULL;
ALTER TABLE `child` ADD COLUMN `on` tinyint(1) NOT NULL DEFAULT 1;
ALTER TABLE `child` ADD COLUMN `at` datetime NULL DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE `child` ADD COLUMN `data` json NULL;
ALTER TABLE `child` ADD COLUMN `mood` enum('ok','bad') NULL COMMENT 'how it is';
ALTER TABLE `child` ADD COLUMN `sum` int NULL DEFAULT (1 + 1);
# mariadb
ALTER TABLE `child` ADD COLUMN `note` varchar(10) NULL;
ALTER TABLE `child` ADD COLUMN `on` tinyint(1) NOT NULL DEFAULT 1;
ALTER TABLE `child` ADD COLUMN `at` datetime NULL DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE `child` ADD COLUMN `data` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL CHECK (json_valid(`data`));
ALTER TABLE `child` ADD COLUMN `mood` enum('ok','bad') NULL COMMENT 'how it is';
ALTER TABLE `child` ADD COLUMN `sum` int NULL DEFAULT (1 + 1);

## drop columns
# sqlite
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), PRIMARY KEY ("id"), CHECK (amount > 0));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount") SELECT "id", "parent_id", "flag", "amount" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, PRIMARY KEY ("id"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag") SELECT "id", "parent_id", "flag" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
# postgres
ALTER TABLE "child" DROP COLUMN "label";
ALTER TABLE "child" DROP COLUMN "amount";
# mysql
ALTER TABLE `child` DROP COLUMN `label`;
ALTER TABLE `child` DROP COLUMN `amount`;
# mariadb
ALTER TABLE `child` DROP COLUMN `label`;
ALTER TABLE `child` DROP COLUMN `amount`;

## rename column
# sqlite
ALTER TABLE "child" RENAME COLUMN "label" TO "the label";
ALTER TABLE "parent" RENAME COLUMN "id" TO "key";
# postgres
ALTER TABLE "child" RENAME COLUMN "label" TO "the label";
ALTER TABLE "parent" RENAME COLUMN "id" TO "key";
# mysql
ALTER TABLE `child` DROP CONSTRAINT `ck_label`, RENAME COLUMN `label` TO `the label`, ADD CONSTRAINT `ck_label` CHECK (`the label` <> 'label');
ALTER TABLE `parent` RENAME COLUMN `id` TO `key`;
# mariadb
ALTER TABLE `child` RENAME COLUMN `label` TO `the label`;
ALTER TABLE `parent` RENAME COLUMN `id` TO `key`;

## alter columns
# sqlite
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(60) DEFAULT 'x', PRIMARY KEY ("id"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(60) DEFAULT 'y' NOT NULL, PRIMARY KEY ("id"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(60) NOT NULL, PRIMARY KEY ("id"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" BIGINT DEFAULT 3, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(60) NOT NULL, PRIMARY KEY ("id"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" BIGINT DEFAULT 3, "flag" BOOLEAN, "amount" NUMERIC(8, 2), "label" VARCHAR(60) NOT NULL, PRIMARY KEY ("id"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" BIGINT DEFAULT 3, "flag" BOOLEAN, "amount" VARCHAR(30) DEFAULT 'none', "label" VARCHAR(60) NOT NULL, PRIMARY KEY ("id"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
# postgres
ALTER TABLE "child" ALTER COLUMN "label" DROP DEFAULT, ALTER COLUMN "label" TYPE character varying(60), ALTER COLUMN "label" SET DEFAULT 'x';
ALTER TABLE "child" ALTER COLUMN "label" SET NOT NULL, ALTER COLUMN "label" SET DEFAULT 'y';
ALTER TABLE "child" ALTER COLUMN "label" DROP DEFAULT;
ALTER TABLE "child" ALTER COLUMN "parent_id" TYPE bigint, ALTER COLUMN "parent_id" SET DEFAULT 3;
ALTER TABLE "child" ALTER COLUMN "flag" DROP NOT NULL, ALTER COLUMN "flag" DROP DEFAULT;
ALTER TABLE "child" ALTER COLUMN "amount" TYPE character varying(30), ALTER COLUMN "amount" SET DEFAULT 'none';
# mysql
ALTER TABLE `child` MODIFY COLUMN `label` varchar(60) NULL DEFAULT 'x';
ALTER TABLE `child` MODIFY COLUMN `label` varchar(60) NOT NULL DEFAULT 'y';
ALTER TABLE `child` MODIFY COLUMN `label` varchar(60) NOT NULL;
ALTER TABLE `child` MODIFY COLUMN `parent_id` bigint NULL DEFAULT 3;
ALTER TABLE `child` MODIFY COLUMN `flag` tinyint(1) NULL;
ALTER TABLE `child` MODIFY COLUMN `amount` varchar(30) NULL DEFAULT 'none';
# mariadb
ALTER TABLE `child` MODIFY COLUMN `label` varchar(60) NULL DEFAULT 'x';
ALTER TABLE `child` MODIFY COLUMN `label` varchar(60) NOT NULL DEFAULT 'y';
ALTER TABLE `child` MODIFY COLUMN `label` varchar(60) NOT NULL;
ALTER TABLE `child` MODIFY COLUMN `parent_id` bigint NULL DEFAULT 3;
ALTER TABLE `child` MODIFY COLUMN `flag` tinyint(1) NULL;
ALTER TABLE `child` MODIFY COLUMN `amount` varchar(30) NULL DEFAULT 'none';

## alter to an enum and back
# sqlite
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'ok', PRIMARY KEY ("id"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(3) DEFAULT 'bad', PRIMARY KEY ("id"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" TEXT, PRIMARY KEY ("id"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
# postgres
ALTER TABLE "child" ALTER COLUMN "label" SET DEFAULT 'ok';
ALTER TABLE "child" ALTER COLUMN "label" DROP DEFAULT, ALTER COLUMN "label" TYPE "mood" USING "label"::"mood", ALTER COLUMN "label" SET DEFAULT 'bad';
ALTER TABLE "child" ALTER COLUMN "label" DROP DEFAULT, ALTER COLUMN "label" TYPE text;
# mysql
ALTER TABLE `child` MODIFY COLUMN `label` varchar(20) NULL DEFAULT 'ok';
ALTER TABLE `child` MODIFY COLUMN `label` enum('ok','bad') NULL DEFAULT 'bad';
ALTER TABLE `child` MODIFY COLUMN `label` text NULL;
# mariadb
ALTER TABLE `child` MODIFY COLUMN `label` varchar(20) NULL DEFAULT 'ok';
ALTER TABLE `child` MODIFY COLUMN `label` enum('ok','bad') NULL DEFAULT 'bad';
ALTER TABLE `child` MODIFY COLUMN `label` text NULL;

## alter json
# sqlite
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', "data" JSON NOT NULL, PRIMARY KEY ("id"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label", "data") SELECT "id", "parent_id", "flag", "amount", "label", "data" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', "data" TEXT NOT NULL, PRIMARY KEY ("id"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label", "data") SELECT "id", "parent_id", "flag", "amount", "label", "data" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
# postgres
ALTER TABLE "child" ALTER COLUMN "data" SET NOT NULL;
ALTER TABLE "child" ALTER COLUMN "data" TYPE text;
# mysql
ALTER TABLE `child` MODIFY COLUMN `data` json NOT NULL;
ALTER TABLE `child` MODIFY COLUMN `data` text NOT NULL;
# mariadb
ALTER TABLE `child` MODIFY COLUMN `data` json NOT NULL;
ALTER TABLE `child` MODIFY COLUMN `data` text NOT NULL;

## indexes
# sqlite
CREATE INDEX "ix_label" ON "child" ("label", "amount");
CREATE UNIQUE INDEX "uq_label" ON "child" ("label");
CREATE UNIQUE INDEX "uq_whole" ON "child" ("label");
CREATE INDEX "ix_part" ON "child" ("label") WHERE flag = 1;
DROP INDEX "ix_label";
DROP INDEX "uq_whole";
# postgres
CREATE INDEX "ix_label" ON "child" ("label", "amount");
CREATE UNIQUE INDEX "uq_label" ON "child" ("label");
CREATE UNIQUE INDEX "uq_whole" ON "child" ("label");
CREATE INDEX "ix_part" ON "child" ("label") WHERE flag;
DROP INDEX "ix_label";
DROP INDEX "uq_whole";
# mysql
ALTER TABLE `child` ADD INDEX `ix_label` (`label`, `amount`);
ALTER TABLE `child` ADD UNIQUE INDEX `uq_label` (`label` (5));
ALTER TABLE `child` ADD UNIQUE INDEX `uq_whole` (`label`);
ALTER TABLE `child` ADD INDEX `ix_part` (`label`);
ALTER TABLE `child` DROP INDEX `ix_label`;
ALTER TABLE `child` DROP INDEX `uq_whole`;
# mariadb
ALTER TABLE `child` ADD INDEX `ix_label` (`label`, `amount`);
ALTER TABLE `child` ADD UNIQUE INDEX `uq_label` (`label` (5));
ALTER TABLE `child` ADD UNIQUE INDEX `uq_whole` (`label`);
ALTER TABLE `child` ADD INDEX `ix_part` (`label`);
ALTER TABLE `child` DROP INDEX `ix_label`;
ALTER TABLE `child` DROP INDEX `uq_whole`;

## unique constraints
# sqlite
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', PRIMARY KEY ("id"), CONSTRAINT "uq_label" UNIQUE ("label"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', PRIMARY KEY ("id"), CONSTRAINT "uq_label" UNIQUE ("label"), UNIQUE ("flag", "label"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', PRIMARY KEY ("id"), UNIQUE ("flag", "label"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', PRIMARY KEY ("id"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
# postgres
ALTER TABLE "child" ADD CONSTRAINT "uq_label" UNIQUE ("label");
ALTER TABLE "child" ADD UNIQUE ("flag", "label");
ALTER TABLE "child" DROP CONSTRAINT "uq_label";
ALTER TABLE "child" DROP CONSTRAINT "child_flag_label_key";
# mysql
ALTER TABLE `child` ADD UNIQUE INDEX `uq_label` (`label`);
ALTER TABLE `child` ADD UNIQUE INDEX (`flag`, `label`);
ALTER TABLE `child` DROP INDEX `uq_label`;
ALTER TABLE `child` DROP INDEX `flag`;
# mariadb
ALTER TABLE `child` ADD UNIQUE INDEX `uq_label` (`label`);
ALTER TABLE `child` ADD UNIQUE INDEX (`flag`, `label`);
ALTER TABLE `child` DROP INDEX `uq_label`;
ALTER TABLE `child` DROP INDEX `flag`;

## foreign keys
# sqlite
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', "other_id" INTEGER, PRIMARY KEY ("id"), FOREIGN KEY ("parent_id") REFERENCES "parent" ("id") ON DELETE CASCADE);
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label", "other_id") SELECT "id", "parent_id", "flag", "amount", "label", "other_id" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', "other_id" INTEGER, PRIMARY KEY ("id"), FOREIGN KEY ("parent_id") REFERENCES "parent" ("id") ON DELETE CASCADE, CONSTRAINT "fk_other" FOREIGN KEY ("other_id") REFERENCES "parent" ("id"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label", "other_id") SELECT "id", "parent_id", "flag", "amount", "label", "other_id" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', "other_id" INTEGER, PRIMARY KEY ("id"), CONSTRAINT "fk_other" FOREIGN KEY ("other_id") REFERENCES "parent" ("id"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label", "other_id") SELECT "id", "parent_id", "flag", "amount", "label", "other_id" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', "other_id" INTEGER, PRIMARY KEY ("id"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label", "other_id") SELECT "id", "parent_id", "flag", "amount", "label", "other_id" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
# postgres
ALTER TABLE "child" ADD FOREIGN KEY ("parent_id") REFERENCES "parent" ("id") ON DELETE CASCADE;
ALTER TABLE "child" ADD CONSTRAINT "fk_other" FOREIGN KEY ("other_id") REFERENCES "parent" ("id");
ALTER TABLE "child" DROP CONSTRAINT "child_parent_id_fkey";
ALTER TABLE "child" DROP CONSTRAINT "fk_other";
# mysql
ALTER TABLE `child` ADD FOREIGN KEY (`parent_id`) REFERENCES `parent` (`id`) ON DELETE CASCADE;
ALTER TABLE `child` ADD CONSTRAINT `fk_other` FOREIGN KEY (`other_id`) REFERENCES `parent` (`id`);
ALTER TABLE `child` DROP FOREIGN KEY `child_ibfk_1`;
ALTER TABLE `child` DROP FOREIGN KEY `fk_other`;
# mariadb
ALTER TABLE `child` ADD FOREIGN KEY (`parent_id`) REFERENCES `parent` (`id`) ON DELETE CASCADE;
ALTER TABLE `child` ADD CONSTRAINT `fk_other` FOREIGN KEY (`other_id`) REFERENCES `parent` (`id`);
ALTER TABLE `child` DROP FOREIGN KEY `child_ibfk_1`;
ALTER TABLE `child` DROP FOREIGN KEY `fk_other`;

## checks
# sqlite
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', PRIMARY KEY ("id"), CHECK (amount > 0));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', PRIMARY KEY ("id"), CHECK (amount > 0), CONSTRAINT "ck" CHECK (amount < 10 OR label = 'big'));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', PRIMARY KEY ("id"), CONSTRAINT "ck" CHECK (amount < 10 OR label = 'big'));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(20) DEFAULT 'x', PRIMARY KEY ("id"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
# postgres
ALTER TABLE "child" ADD CHECK (amount > 0);
ALTER TABLE "child" ADD CONSTRAINT "ck" CHECK (amount < 10 OR label = 'big');
ALTER TABLE "child" DROP CONSTRAINT "child_amount_check";
ALTER TABLE "child" DROP CONSTRAINT "ck";
# mysql
ALTER TABLE `child` ADD CHECK (amount > 0);
ALTER TABLE `child` ADD CONSTRAINT `ck` CHECK (amount < 10 OR label = 'big');
ALTER TABLE `child` DROP CONSTRAINT `child_chk_1`;
ALTER TABLE `child` DROP CONSTRAINT `ck`;
# mariadb
ALTER TABLE `child` ADD CHECK (amount > 0);
ALTER TABLE `child` ADD CONSTRAINT `ck` CHECK (amount < 10 OR label = 'big');
ALTER TABLE `child` DROP CONSTRAINT `CONSTRAINT_1`;
ALTER TABLE `child` DROP CONSTRAINT `ck`;

## enums
# sqlite
CREATE TABLE "t" ("c" VARCHAR(4) DEFAULT 'a');
DROP TABLE "t";
# postgres
CREATE TYPE "Odd Name" AS ENUM ('a', 'it''s');
CREATE TABLE "t" ("c" "Odd Name" NULL DEFAULT 'a');
DROP TABLE "t";
DROP TYPE "Odd Name";
# mysql
CREATE TABLE `t` (`c` enum('a','it''s') NULL DEFAULT 'a');
DROP TABLE `t`;
# mariadb
CREATE TABLE `t` (`c` enum('a','it''s') NULL DEFAULT 'a');
DROP TABLE `t`;

## add enum value
# sqlite
# postgres
ALTER TYPE "mood" ADD VALUE 'it''s fine' AFTER 'ok';
ALTER TYPE "mood" ADD VALUE 'last';
# mysql
# mariadb

## triggers
# sqlite
CREATE TRIGGER "stamp" AFTER INSERT ON "child" FOR EACH ROW BEGIN UPDATE child SET label = 'none' WHERE id = NEW.id AND label IS NULL; END;
CREATE TRIGGER "guard" AFTER UPDATE OF "label" ON "child" FOR EACH ROW WHEN (NEW.label = 'bad') BEGIN SELECT RAISE(ABORT, 'bad'); END;
CREATE TABLE "manage_new_child" ("id" INTEGER NOT NULL, "parent_id" INTEGER, "flag" BOOLEAN DEFAULT 0 NOT NULL, "amount" NUMERIC(8, 2), "label" VARCHAR(25) DEFAULT 'x', PRIMARY KEY ("id"));
INSERT INTO "manage_new_child" ("id", "parent_id", "flag", "amount", "label") SELECT "id", "parent_id", "flag", "amount", "label" FROM "child";
DROP TABLE "child";
PRAGMA legacy_alter_table = ON;
ALTER TABLE "manage_new_child" RENAME TO "child";
PRAGMA legacy_alter_table = OFF;
CREATE TRIGGER "stamp" AFTER INSERT ON "child" FOR EACH ROW BEGIN UPDATE child SET label = 'none' WHERE id = NEW.id AND label IS NULL; END;
CREATE TRIGGER "guard" AFTER UPDATE OF "label" ON "child" FOR EACH ROW WHEN (NEW.label = 'bad') BEGIN SELECT RAISE(ABORT, 'bad'); END;
DROP TRIGGER "stamp";
DROP TRIGGER IF EXISTS "guard";
# postgres
CREATE OR REPLACE FUNCTION "child_stamp"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $manage$BEGIN IF NEW.label IS NULL THEN NEW.label := 'none'; END IF; RETURN NEW; END$manage$;
CREATE TRIGGER "stamp" BEFORE INSERT ON "child" FOR EACH ROW EXECUTE FUNCTION "child_stamp"();
CREATE OR REPLACE FUNCTION "child_guard"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $manage$BEGIN RAISE EXCEPTION 'bad'; END$manage$;
CREATE TRIGGER "guard" AFTER UPDATE OF "label" ON "child" FOR EACH ROW WHEN (NEW.label = 'bad') EXECUTE FUNCTION "child_guard"();
DROP TRIGGER "stamp" ON "child";
DROP FUNCTION IF EXISTS "child_stamp"();
DROP TRIGGER IF EXISTS "guard" ON "child";
DROP FUNCTION IF EXISTS "child_guard"();
# mysql
CREATE TRIGGER `stamp` BEFORE INSERT ON `child` FOR EACH ROW BEGIN IF NEW.label IS NULL THEN SET NEW.label = 'none'; END IF; END;
ALTER TABLE `child` MODIFY COLUMN `label` varchar(25) NULL DEFAULT 'x';
DROP TRIGGER `stamp`;
DROP TRIGGER IF EXISTS `guard`;
# mariadb
CREATE TRIGGER `stamp` BEFORE INSERT ON `child` FOR EACH ROW BEGIN IF NEW.label IS NULL THEN SET NEW.label = 'none'; END IF; END;
ALTER TABLE `child` MODIFY COLUMN `label` varchar(25) NULL DEFAULT 'x';
DROP TRIGGER `stamp`;
DROP TRIGGER IF EXISTS `guard`;

## drop triggers
# sqlite
DROP TRIGGER "stamp";
DROP TRIGGER IF EXISTS "stamp";
# postgres
DROP TRIGGER "stamp" ON "child";
DROP FUNCTION IF EXISTS "child_stamp"();
DROP TRIGGER IF EXISTS "stamp" ON "child";
DROP FUNCTION IF EXISTS "child_stamp"();
# mysql
DROP TRIGGER `stamp`;
DROP TRIGGER IF EXISTS `stamp`;
# mariadb
DROP TRIGGER `stamp`;
DROP TRIGGER IF EXISTS `stamp`;

## sync columns
# sqlite
CREATE TRIGGER "amount_sync_insert" AFTER INSERT ON "child" FOR EACH ROW BEGIN UPDATE "child" SET "parent_id" = CASE WHEN NEW."amount" IS NOT NULL THEN (NEW."amount" + 1) END WHERE rowid = NEW.rowid AND NEW."amount" IS NOT NULL AND NOT (NEW."parent_id" IS NOT NULL) AND NOT ((NEW."parent_id" COLLATE BINARY) IS (CASE WHEN NEW."amount" IS NOT NULL THEN (NEW."amount" + 1) END) OR (NEW."amount" COLLATE BINARY) IS (CASE WHEN NEW."parent_id" IS NOT NULL THEN (NEW."parent_id" - 1) END));
UPDATE "child" SET "amount" = CASE WHEN NEW."parent_id" IS NOT NULL THEN (NEW."parent_id" - 1) END WHERE rowid = NEW.rowid AND NEW."parent_id" IS NOT NULL AND NOT ((NEW."parent_id" COLLATE BINARY) IS (CASE WHEN NEW."amount" IS NOT NULL THEN (NEW."amount" + 1) END) OR (NEW."amount" COLLATE BINARY) IS (CASE WHEN NEW."parent_id" IS NOT NULL THEN (NEW."parent_id" - 1) END)); END;
CREATE TRIGGER "amount_sync_update" AFTER UPDATE ON "child" FOR EACH ROW BEGIN UPDATE "child" SET "parent_id" = CASE WHEN NEW."amount" IS NOT NULL THEN (NEW."amount" + 1) END WHERE rowid = NEW.rowid AND NOT ((NEW."amount" COLLATE BINARY) IS (OLD."amount")) AND NOT (NOT ((NEW."parent_id" COLLATE BINARY) IS (OLD."parent_id"))) AND NOT ((NEW."parent_id" COLLATE BINARY) IS (CASE WHEN NEW."amount" IS NOT NULL THEN (NEW."amount" + 1) END) OR (NEW."amount" COLLATE BINARY) IS (CASE WHEN NEW."parent_id" IS NOT NULL THEN (NEW."parent_id" - 1) END));
UPDATE "child" SET "amount" = CASE WHEN NEW."parent_id" IS NOT NULL THEN (NEW."parent_id" - 1) END WHERE rowid = NEW.rowid AND NOT ((NEW."parent_id" COLLATE BINARY) IS (OLD."parent_id")) AND NOT ((NEW."parent_id" COLLATE BINARY) IS (CASE WHEN NEW."amount" IS NOT NULL THEN (NEW."amount" + 1) END) OR (NEW."amount" COLLATE BINARY) IS (CASE WHEN NEW."parent_id" IS NOT NULL THEN (NEW."parent_id" - 1) END)); END;
DROP TRIGGER IF EXISTS "amount_sync_update";
DROP TRIGGER IF EXISTS "amount_sync_insert";
CREATE TRIGGER "label_sync_insert" AFTER INSERT ON "child" FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'it''s odd') WHERE (NEW."label" IS NOT NULL AND NOT ((NEW."label" COLLATE BINARY) IS ('x') AND NEW."parent_id" IS NOT NULL)) AND NEW."parent_id" IS NOT NULL AND NOT ((NEW."parent_id" COLLATE BINARY) IS (CASE WHEN NEW."label" IS NOT NULL THEN (length(NEW."label")) END) OR (NEW."label" COLLATE BINARY) IS (CASE WHEN NEW."parent_id" IS NOT NULL THEN (concat('x', NEW."parent_id")) END));
UPDATE "child" SET "parent_id" = CASE WHEN NEW."label" IS NOT NULL THEN (length(NEW."label")) END WHERE rowid = NEW.rowid AND (NEW."label" IS NOT NULL AND NOT ((NEW."label" COLLATE BINARY) IS ('x') AND NEW."parent_id" IS NOT NULL)) AND NOT (NEW."parent_id" IS NOT NULL) AND NOT ((NEW."parent_id" COLLATE BINARY) IS (CASE WHEN NEW."label" IS NOT NULL THEN (length(NEW."label")) END) OR (NEW."label" COLLATE BINARY) IS (CASE WHEN NEW."parent_id" IS NOT NULL THEN (concat('x', NEW."parent_id")) END));
UPDATE "child" SET "label" = CASE WHEN NEW."parent_id" IS NOT NULL THEN (concat('x', NEW."parent_id")) END WHERE rowid = NEW.rowid AND NEW."parent_id" IS NOT NULL AND NOT ((NEW."label" IS NOT NULL AND NOT ((NEW."label" COLLATE BINARY) IS ('x') AND NEW."parent_id" IS NOT NULL))) AND NOT ((NEW."parent_id" COLLATE BINARY) IS (CASE WHEN NEW."label" IS NOT NULL THEN (length(NEW."label")) END) OR (NEW."label" COLLATE BINARY) IS (CASE WHEN NEW."parent_id" IS NOT NULL THEN (concat('x', NEW."parent_id")) END)); END;
CREATE TRIGGER "label_sync_update" AFTER UPDATE ON "child" FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'it''s odd') WHERE NOT ((NEW."label" COLLATE BINARY) IS (OLD."label")) AND NOT ((NEW."parent_id" COLLATE BINARY) IS (OLD."parent_id")) AND NOT ((NEW."parent_id" COLLATE BINARY) IS (CASE WHEN NEW."label" IS NOT NULL THEN (length(NEW."label")) END) OR (NEW."label" COLLATE BINARY) IS (CASE WHEN NEW."parent_id" IS NOT NULL THEN (concat('x', NEW."parent_id")) END));
UPDATE "child" SET "parent_id" = CASE WHEN NEW."label" IS NOT NULL THEN (length(NEW."label")) END WHERE rowid = NEW.rowid AND NOT ((NEW."label" COLLATE BINARY) IS (OLD."label")) AND NOT (NOT ((NEW."parent_id" COLLATE BINARY) IS (OLD."parent_id"))) AND NOT ((NEW."parent_id" COLLATE BINARY) IS (CASE WHEN NEW."label" IS NOT NULL THEN (length(NEW."label")) END) OR (NEW."label" COLLATE BINARY) IS (CASE WHEN NEW."parent_id" IS NOT NULL THEN (concat('x', NEW."parent_id")) END));
UPDATE "child" SET "label" = CASE WHEN NEW."parent_id" IS NOT NULL THEN (concat('x', NEW."parent_id")) END WHERE rowid = NEW.rowid AND NOT ((NEW."parent_id" COLLATE BINARY) IS (OLD."parent_id")) AND NOT (NOT ((NEW."label" COLLATE BINARY) IS (OLD."label"))) AND NOT ((NEW."parent_id" COLLATE BINARY) IS (CASE WHEN NEW."label" IS NOT NULL THEN (length(NEW."label")) END) OR (NEW."label" COLLATE BINARY) IS (CASE WHEN NEW."parent_id" IS NOT NULL THEN (concat('x', NEW."parent_id")) END)); END;
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
END$manage$;
CREATE TRIGGER "amount_sync_insert" BEFORE INSERT ON "child" FOR EACH ROW EXECUTE FUNCTION "child_amount_sync_insert"();
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
END$manage$;
CREATE TRIGGER "amount_sync_update" BEFORE UPDATE ON "child" FOR EACH ROW EXECUTE FUNCTION "child_amount_sync_update"();
DROP TRIGGER IF EXISTS "amount_sync_update" ON "child";
DROP FUNCTION IF EXISTS "child_amount_sync_update"();
DROP TRIGGER IF EXISTS "amount_sync_insert" ON "child";
DROP FUNCTION IF EXISTS "child_amount_sync_insert"();
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
END$manage$;
CREATE TRIGGER "label_sync_insert" BEFORE INSERT ON "child" FOR EACH ROW EXECUTE FUNCTION "child_label_sync_insert"();
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
END$manage$;
CREATE TRIGGER "label_sync_update" BEFORE UPDATE ON "child" FOR EACH ROW EXECUTE FUNCTION "child_label_sync_update"();
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
END;
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
END;
DROP TRIGGER IF EXISTS `amount_sync_update`;
DROP TRIGGER IF EXISTS `amount_sync_insert`;
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
END;
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
END;
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
END;
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
END;
DROP TRIGGER IF EXISTS `amount_sync_update`;
DROP TRIGGER IF EXISTS `amount_sync_insert`;
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
END;
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
END;

## drop a table with a trigger
# sqlite
DROP TABLE "child";
# postgres
DROP TABLE "child";
DROP FUNCTION IF EXISTS "child_stamp"();
# mysql
DROP TABLE `child`;
# mariadb
DROP TABLE `child`;

## rows that are taken back
# sqlite
INSERT INTO "parent" ("id", "name") VALUES (1, 'one''s'), (2, 'two');
INSERT INTO "child" ("parent_id", "label") VALUES (1, NULL);
# postgres
INSERT INTO "parent" ("id", "name") VALUES (1, 'one''s'), (2, 'two');
SELECT setval(pg_get_serial_sequence('"parent"', 'id'), GREATEST(MAX("id"), nextval(pg_get_serial_sequence('"parent"', 'id')) - 1, 1)) FROM "parent";
INSERT INTO "child" ("parent_id", "label") VALUES (1, NULL);
# mysql
INSERT INTO `parent` (`id`, `name`) VALUES (1, 'one''s'), (2, 'two');
INSERT INTO `child` (`parent_id`, `label`) VALUES (1, NULL);
# mariadb
INSERT INTO `parent` (`id`, `name`) VALUES (1, 'one''s'), (2, 'two');
INSERT INTO `child` (`parent_id`, `label`) VALUES (1, NULL);

## rows
# sqlite
INSERT INTO "parent" ("id", "name") VALUES (1, 'one''s'), (2, 'back\slash'), (3, UPPER('x'));
INSERT INTO "parent" ("id") VALUES (4);
INSERT INTO "child" ("id", "parent_id", "flag", "amount", "label") VALUES (1, NULL, 1, 1.25, 'a'), (2, 1, 0, 2, 'z');
UPDATE "child" SET "amount" = 3, "flag" = 1, "label" = label || '!' WHERE id = 1;
DELETE FROM "child" WHERE label = 'z';
# postgres
INSERT INTO "parent" ("id", "name") VALUES (1, 'one''s'), (2, 'back\slash'), (3, UPPER('x'));
INSERT INTO "parent" ("id") VALUES (4);
SELECT setval(pg_get_serial_sequence('"parent"', 'id'), GREATEST(MAX("id"), nextval(pg_get_serial_sequence('"parent"', 'id')) - 1, 1)) FROM "parent";
INSERT INTO "child" ("id", "parent_id", "flag", "amount", "label") VALUES (1, NULL, true, 1.25, 'b'), (2, 1, false, 2, 'z');
SELECT setval(pg_get_serial_sequence('"child"', 'id'), GREATEST(MAX("id"), nextval(pg_get_serial_sequence('"child"', 'id')) - 1, 1)) FROM "child";
UPDATE "child" SET "amount" = 3, "flag" = true, "label" = label || '!' WHERE id = 1;
DELETE FROM "child" WHERE label = 'z';
# mysql
INSERT INTO `parent` (`id`, `name`) VALUES (1, 'one''s'), (2, 'back\\slash'), (3, UPPER('x'));
INSERT INTO `parent` (`id`) VALUES (4);
INSERT INTO `child` (`id`, `parent_id`, `flag`, `amount`, `label`) VALUES (1, NULL, 1, 1.25, 'a'), (2, 1, 0, 2, 'z');
UPDATE `child` SET `amount` = 3, `flag` = 1, `label` = CONCAT(label, '!') WHERE id = 1;
DELETE FROM `child` WHERE label = 'z';
# mariadb
INSERT INTO `parent` (`id`, `name`) VALUES (1, 'one''s'), (2, 'back\\slash'), (3, UPPER('x'));
INSERT INTO `parent` (`id`) VALUES (4);
INSERT INTO `child` (`id`, `parent_id`, `flag`, `amount`, `label`) VALUES (1, NULL, 1, 1.25, 'a'), (2, 1, 0, 2, 'z');
UPDATE `child` SET `amount` = 3, `flag` = 1, `label` = CONCAT(label, '!') WHERE id = 1;
DELETE FROM `child` WHERE label = 'z';

