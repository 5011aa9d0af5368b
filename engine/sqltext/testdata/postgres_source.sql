-- A database with what has tripped up scanners of SQL, for psql.
-- It is the source of postgres_dump.sql.
\set quiet on
/* a comment /* in a comment; */ it's still one */
CREATE TYPE mood AS ENUM ('so;so', 'it''s fine');
CREATE TABLE plain (
  id serial PRIMARY KEY,
  name text DEFAULT E'it\'s; a "name"\\',
  mood mood,
  "odd;""col" text,
  size bigint CHECK (size > 5--1
  )
);
COMMENT ON TABLE plain IS 'a \ backslash; -- and /* more';
CREATE TABLE "odd'table;" (a text, b bytea, c int[]);
CREATE TABLE foo$bar$baz (a int);
CREATE INDEX "odd;index" ON plain (name) WHERE name <> ';';

COPY plain (id, name, mood, "odd;""col", size) FROM stdin;
1	a;b	so;so	'	10
2	it's	it's fine	"	\N
3	back\\slash	\N	$$	30
4	line\nbreak\ttab	\N	\\.	40
5	-- no comment; /*	\N	COPY x FROM stdin;	50
\.

INSERT INTO "odd'table;" VALUES ($$it's; $1$$, '\x00ff', '{1,2}'), ($a$ $$;$$ $a$, E'\\x3b', ARRAY[[1,2],[3,4]]), (U&'d\0061t;a', NULL, NULL);

CREATE VIEW "v;1" AS SELECT id, CASE WHEN size > 2 THEN 'big;' ELSE 'small' END AS kind FROM plain;
CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM plain;

CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $fn$
DECLARE q text := $q$it's; a query$q$;
BEGIN
  -- don't; stop
  IF NEW.size IS NULL THEN NEW.size := 1; END IF;
  EXECUTE 'SELECT $$;$$';
  RETURN NEW;
END;
$fn$;
CREATE TRIGGER plain_insert BEFORE INSERT OR UPDATE OF name, size ON plain FOR EACH ROW EXECUTE FUNCTION touch();

CREATE FUNCTION standard(a int) RETURNS text LANGUAGE sql
BEGIN ATOMIC
  SELECT 1;
  SELECT CASE WHEN a > 1 THEN 'many;' ELSE 'one' END;
END;
CREATE PROCEDURE clear() BEGIN ATOMIC DELETE FROM foo$bar$baz; DELETE FROM "odd'table;" WHERE a = ';'; END;
CREATE RULE both_tables AS ON INSERT TO foo$bar$baz DO ALSO (SELECT 1; SELECT ';' AS ");");
DO $$ BEGIN PERFORM 'x;'; END $$;

BEGIN WORK;
INSERT INTO foo$bar$baz VALUES (1);
END;
INSERT INTO foo$bar$baz SELECT length('a'
  'b;c');
-- no line end; "