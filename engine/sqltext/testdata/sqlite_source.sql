-- A database with what has tripped up scanners of SQL, for the sqlite3 program.
-- It is the source of sqlite_dump.sql.
.bail on
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
CREATE TABLE [a;b] (x BLOB, y REAL);
CREATE TABLE audit (id INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT);
CREATE INDEX [odd;index] ON plain (name) WHERE name <> ';';
INSERT INTO plain VALUES (1, 'a;b', 10, '''', '"', '`'), (2, 'it''s', NULL, 'back\', '--', '/*'), (3, 'line
break;', 30, '[', ']', 'END;');
INSERT INTO [a;b] VALUES (x'00273B5C', 1.5e-3), (NULL, -0.5);
CREATE VIEW "v;1" AS SELECT id, CASE WHEN size > 2 THEN 'big;' ELSE 'small' END AS kind FROM plain; /* it's a view */
CREATE TRIGGER plain_insert AFTER INSERT ON plain
BEGIN
  -- don't; stop
  INSERT INTO audit (what) SELECT CASE WHEN NEW.size > 1 THEN 'big;' ELSE 'END;' END;
  UPDATE plain SET size = CASE size WHEN 1 THEN 2 END WHERE id = NEW.id; /* END; */
END;
CREATE TRIGGER IF NOT EXISTS [v;instead] INSTEAD OF DELETE ON "v;1" BEGIN DELETE FROM plain WHERE id = OLD.id; END;
CREATE TEMP TRIGGER gone AFTER DELETE ON plain BEGIN SELECT 1; END;
BEGIN TRANSACTION;
INSERT INTO audit (what) VALUES ('in a transaction; ');
END;
-- no line end; "