PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE plain (
  id INTEGER PRIMARY KEY,
  name VARCHAR(60) DEFAULT 'it''s a "name"; -- no comment',
  size BIGINT, -- counted in bytes; it's big
  [odd;column] TEXT,
  "odd""other;" TEXT,
  `third;``one` TEXT,
  CHECK (size > 5--1
  )
);
INSERT INTO plain VALUES(1,'a;b',10,'''','"','`');
INSERT INTO plain VALUES(2,'it''s',NULL,'back\','--','/*');
INSERT INTO plain VALUES(3,replace('line\nbreak;','\n',char(10)),30,'[',']','END;');
CREATE TABLE [a;b] (x BLOB, y REAL);
INSERT INTO "a;b" VALUES(X'00273b5c',0.0015000000000000000312);
INSERT INTO "a;b" VALUES(NULL,-0.5);
CREATE TABLE audit (id INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT);
INSERT INTO audit VALUES(1,'in a transaction; ');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('audit',1);
CREATE INDEX [odd;index] ON plain (name) WHERE name <> ';';
CREATE VIEW "v;1" AS SELECT id, CASE WHEN size > 2 THEN 'big;' ELSE 'small' END AS kind FROM plain;
CREATE TRIGGER plain_insert AFTER INSERT ON plain
BEGIN
  -- don't; stop
  INSERT INTO audit (what) SELECT CASE WHEN NEW.size > 1 THEN 'big;' ELSE 'END;' END;
  UPDATE plain SET size = CASE size WHEN 1 THEN 2 END WHERE id = NEW.id; /* END; */
END
;
CREATE TRIGGER [v;instead] INSTEAD OF DELETE ON "v;1" BEGIN DELETE FROM plain WHERE id = OLD.id; END;
COMMIT;
