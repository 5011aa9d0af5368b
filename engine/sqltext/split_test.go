package sqltext

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/flavor"
)

// whole are statements that hold semicolons and must stay in one piece. Each
// is put between two others, with and without its own terminator at the end.
var whole = []struct {
	name string
	d    flavor.Dialect
	sql  string
}{
	{"quotes", flavor.SQLite, `SELECT 'a;''b', "c;""d", ` + "`e;``f`, [g;h]"},
	{"no backslash escapes", flavor.SQLite, `SELECT 'a\'`},
	{"temporary trigger", flavor.SQLite, "CREATE TEMP TRIGGER t AFTER DELETE ON a BEGIN DELETE FROM b; SELECT 'x;END;'; END"},
	{"explained trigger", flavor.SQLite, "EXPLAIN CREATE TRIGGER t AFTER DELETE ON a BEGIN DELETE FROM b; END"},
	{"trigger with comments", flavor.SQLite, "create trigger t after delete on a begin select 1; /* ; end; */ select 2; -- end;\n end"},
	{"a name after a semicolon is not END", flavor.SQLite, "CREATE TRIGGER t AFTER DELETE ON a BEGIN SELECT 1; SELECT 2; /* x */ END"},

	{"no backslash escapes in plain strings", flavor.Postgres, `SELECT 'a\', U&'b\', B'1'`},
	{"escape string", flavor.Postgres, `SELECT e'a\';b', name'c;d'`},
	{"continued escape string", flavor.Postgres, "SELECT E'a\\'b' \n 'c\\';d'"},
	{"dollar quotes", flavor.Postgres, "SELECT $$a;b$$, $x$c;$$;d$x$, $1"},
	{"function", flavor.Postgres, "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $fn$BEGIN NEW.a := 'x;'; RETURN NEW; END;$fn$"},
	{"atomic body", flavor.Postgres, "CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN a > 1 THEN 2 END; END"},
	{"atomic procedure", flavor.Postgres, "CREATE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); DELETE FROM t; END"},
	{"rule", flavor.Postgres, "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); INSERT INTO b VALUES (2))"},
	{"nested comment", flavor.Postgres, "SELECT /* ; /* ; */ ; */ 1"},
	{"anonymous block", flavor.Postgres, "DO $$ BEGIN PERFORM 1; END $$"},
	{"begin is a column", flavor.Postgres, `SELECT "begin", t.begin FROM t`},
	{"backticks do not quote", flavor.Postgres, "SELECT 1 ` 2"},

	{"backslash escapes", flavor.MySQL, `SELECT 'a\';b', "c\";d", 'e\\', 'f;''g'`},
	{"comments of every form", flavor.MySQL, "SELECT 1 # ; '\n, 2 -- ; \"\n, 3 /* ; ` */, 4"},
	{"dashes at the end of a line", flavor.MySQL, "SELECT 1 --\n, 2"},
	{"hint", flavor.MySQL, "SELECT /*+ MAX_EXECUTION_TIME(1000) ; */ 1"},
	{"executable comment with a statement's end in it", flavor.MySQL, "SET @a = 1 /*!50003 , @b = ';' */"},
	{"definer", flavor.MySQL, "CREATE DEFINER=`a`@`b;c` TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.a = 1; END"},
	{"definer without quotes", flavor.MySQL, "CREATE DEFINER = trigger@127.0.0.1 PROCEDURE p() BEGIN SELECT 1; END"},
	{"definer as a function", flavor.MySQL, "CREATE DEFINER=CURRENT_USER() PROCEDURE p(a INT, b DECIMAL(1,2)) BEGIN SELECT 1; END"},
	{"executable comments in pieces", flavor.MySQL, "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.a = 1; END */"},
	{"trigger of one IF", flavor.MySQL, "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF NEW.a IS NULL THEN SET NEW.a = IF(1, 2, 3); END IF"},
	{"trigger that follows another", flavor.MySQL, "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW FOLLOWS s BEGIN SET NEW.a = 1; END"},
	{"everything nested", flavor.MySQL, `CREATE PROCEDURE IF NOT EXISTS p(IN a INT)
    COMMENT 'begin;' SQL SECURITY INVOKER
main: BEGIN
  DECLARE done, begin INT DEFAULT 0;
  DECLARE c CURSOR FOR SELECT IF(x, 1, 2), CASE x WHEN 1 THEN IF(1, 2, 3) ELSE 4 END FROM t;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = 1;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION, SQLSTATE '23000' BEGIN ROLLBACK; RESIGNAL; END;
  DECLARE CONTINUE HANDLER FOR 1062 IF a THEN SET a = 1; END IF;
  IF a = 1 THEN SELECT 1; ELSEIF a = CASE WHEN a THEN 1 ELSE 2 END THEN SELECT 2; ELSE IF a THEN SELECT 3; END IF; END IF;
  CASE a WHEN 1 THEN SELECT 1; WHEN 2 THEN BEGIN END; ELSE CASE WHEN 1 THEN SELECT 1; END CASE; END CASE;
  w: WHILE a < 3 DO SET a = a + 1; ITERATE w; END WHILE w;
  REPEAT SET a = REPEAT('x', 3); UNTIL a > CASE WHEN a THEN 1 END END REPEAT;
  l: LOOP LEAVE l; END LOOP l;
  SET @x := t.end, @end = 1;
  SELECT begin, end FROM t WHERE end > 1;
  DROP TABLE IF EXISTS x;
END main`},
	{"routine without a block", flavor.MySQL, "CREATE FUNCTION f(a INT) RETURNS CHAR(3) CHARACTER SET utf8mb4 DETERMINISTIC RETURN IF(a, CASE WHEN a THEN 1 ELSE 2 END, 3)"},
	{"character set before a block", flavor.MySQL, "CREATE FUNCTION f(a INT) RETURNS CHAR(3) CHARACTER SET utf8mb4 BEGIN SET @a = 1; RETURN 'a'; END"},
	{"loadable function", flavor.MySQL, "CREATE AGGREGATE FUNCTION f RETURNS STRING SONAME 'f.so'"},
	{"event", flavor.MySQL, "CREATE EVENT IF NOT EXISTS e ON SCHEDULE EVERY 1 HOUR DO BEGIN DELETE FROM t; DELETE FROM s; END"},
	{"changed event", flavor.MySQL, "ALTER DEFINER = 'a'@'b' EVENT e DO BEGIN DELETE FROM t; END"},
	{"columns named like blocks", flavor.MySQL, "CREATE TABLE begin (`end` INT, if_ INT, event INT)"},
	{"begin not atomic", flavor.MariaDB, "BEGIN NOT ATOMIC DECLARE a INT; FOR i IN 1..3 DO SELECT i; END FOR; END"},
	{"labelled begin not atomic", flavor.MariaDB, "here: BEGIN NOT ATOMIC SELECT 1; LEAVE here; END here"},
	{"if without a routine", flavor.MariaDB, "IF @a THEN SELECT 1; ELSE SELECT 2; END IF"},
	{"loop without a routine", flavor.MariaDB, "WHILE 0 DO SELECT 1; END WHILE"},
}

func TestWhole(t *testing.T) {
	for _, c := range whole {
		t.Run(c.name, func(t *testing.T) {
			for _, end := range []string{";", "", " ;\n", ";\r\n-- last"} {
				script := "SELECT 0; /* it's */ " + c.sql + end
				if diff := cmp.Diff([]string{"SELECT 0", c.sql}, sqls(t, script, c.d)); diff != "" {
					t.Errorf("end %q:\n%s", end, diff)
				}
			}
			got := sqls(t, c.sql+"\n;\nSELECT 1;\n", c.d)
			if diff := cmp.Diff([]string{c.sql, "SELECT 1"}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDelimiter(t *testing.T) {
	body := "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.a = ';//'; END"
	cases := []struct {
		name, script string
		want         []string
	}{
		{"slashes", "DELIMITER //\n" + body + "//\nSELECT 1//\nDELIMITER ;\nSELECT 2;", []string{body, "SELECT 1", "SELECT 2"}},
		{"any case, CRLF", "delimiter $$\r\n" + body + "$$\r\nDeLiMiTeR ;\r\nSELECT 2;\r\n", []string{body, "SELECT 2"}},
		{"two semicolons", "DELIMITER ;;\n" + body + " ;;\nDELIMITER ;\nSELECT 2", []string{body, "SELECT 2"}},
		{"letters, also inside words", "DELIMITER go\nSELECT 1 go SELECT 'go'go", []string{"SELECT 1", "SELECT 'go'"}},
		{"quoted", "DELIMITER '|'\nSELECT 1|", []string{"SELECT 1"}},
		{"the rest of the line means nothing", "DELIMITER // ; SELECT 0;\nSELECT 1//", []string{"SELECT 1"}},
		{"behind a statement", "SELECT 1; DELIMITER //\nSELECT 2//", []string{"SELECT 1", "SELECT 2"}},
		{"not in comments", "DELIMITER //\nSELECT 1 /* // */ + 1 -- //\n//", []string{"SELECT 1 /* // */ + 1"}},
		{"comment character", "DELIMITER #\nSELECT 1#", []string{"SELECT 1"}},
		{"a column of that name", "SELECT delimiter FROM t; SELECT\ndelimiter;", []string{"SELECT delimiter FROM t", "SELECT\ndelimiter"}},
		{"a word that begins like it", "delimiters; SELECT 1;", []string{"delimiters", "SELECT 1"}},
		{"changed twice without use", "DELIMITER //\nDELIMITER $$\nSELECT 1$$", []string{"SELECT 1"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, d := range []flavor.Dialect{flavor.MySQL, flavor.MariaDB} {
				if diff := cmp.Diff(c.want, sqls(t, c.script, d)); diff != "" {
					t.Errorf("%s:\n%s", d, diff)
				}
			}
		})
	}
}

func TestPieces(t *testing.T) {
	cases := []struct {
		name   string
		d      flavor.Dialect
		script string
		want   []Statement
	}{
		{"nothing", flavor.MySQL, "", nil},
		{"comments and terminators alone", flavor.SQLite, "\n-- a\n;\n;/* b */", []Statement{
			{Text: "\n-- a\n;", Line: 3},
			{Text: "\n;", Line: 4},
			{Text: "/* b */", Line: 4},
		}},
		{"comments around", flavor.Postgres, "-- a\n\nSELECT 1 -- b\n;\n -- c\n", []Statement{
			{Text: "-- a\n\nSELECT 1 -- b\n;", SQL: "SELECT 1", Line: 3, Role: Query},
			{Text: "\n -- c\n", Line: 4},
		}},
		{"byte order mark", flavor.SQLite, "\xEF\xBB\xBFSELECT 1;", []Statement{
			{Text: "\xEF\xBB\xBFSELECT 1;", SQL: "SELECT 1", Line: 1, Role: Query},
		}},
		{"delimiter lines", flavor.MySQL, "\nDELIMITER //\nSELECT 1//\n", []Statement{
			{Text: "\nDELIMITER //\n", Line: 2, Role: Command},
			{Text: "SELECT 1//", SQL: "SELECT 1", Line: 3, Role: Query},
			{Text: "\n", Line: 3},
		}},
		{"sandbox line of mariadb-dump", flavor.MariaDB, "/*M!999999\\- enable the sandbox mode */ \n/*!40101 SET a=1 */;", []Statement{
			{Text: "/*M!999999\\- enable the sandbox mode */ \n/*!40101 SET a=1 */;", SQL: "/*!40101 SET a=1 */", Line: 2, Role: Query},
		}},
		{"executable comment of the other vendor", flavor.MySQL, "/*M!100100 SET a=1 */ SELECT 1", []Statement{
			{Text: "/*M!100100 SET a=1 */ SELECT 1", SQL: "SELECT 1", Line: 1, Role: Query},
		}},
		{"two dashes begin a comment at the beginning", flavor.MySQL, "--it's\nSELECT 1;--don't\n", []Statement{
			{Text: "--it's\nSELECT 1;", SQL: "SELECT 1", Line: 2, Role: Query},
			{Text: "--don't\n", Line: 2},
		}},
		{"commands of sqlite3", flavor.SQLite, ".headers on\nSELECT 1\n.5;\n .5;", []Statement{
			{Text: ".headers on\n", Line: 1, Role: Command},
			{Text: "SELECT 1\n.5;", SQL: "SELECT 1\n.5", Line: 2, Role: Query},
			{Text: "\n .5;", SQL: ".5", Line: 4, Role: Query},
		}},
		{"commands of psql", flavor.Postgres, "\\restrict a'b\n\\connect - x;SELECT\nSELECT 1;\\echo 'x", []Statement{
			{Text: "\\restrict a'b\n", Line: 1, Role: Command},
			{Text: "\\connect - x;SELECT\n", Line: 2, Role: Command},
			{Text: "SELECT 1;", SQL: "SELECT 1", Line: 3, Role: Query},
			{Text: "\\echo 'x", Line: 3, Role: Command},
		}},
		{"rows of COPY", flavor.Postgres, "COPY public.t (a, \"b;\") FROM stdin WITH (FORMAT text);\r\n1\t';\n\\.x\n\\.\r\ncopy t from STDIN;\n\\.\nSELECT 1", []Statement{
			{Text: "COPY public.t (a, \"b;\") FROM stdin WITH (FORMAT text);\r\n1\t';\n\\.x\n\\.\r\n", SQL: "COPY public.t (a, \"b;\") FROM stdin WITH (FORMAT text)", Line: 1, Role: Copy, Data: "1\t';\n\\.x\n"},
			{Text: "copy t from STDIN;\n\\.\n", SQL: "copy t from STDIN", Line: 5, Role: Copy},
			{Text: "SELECT 1", SQL: "SELECT 1", Line: 7, Role: Query},
		}},
		{"other COPY statements", flavor.Postgres, "COPY t TO stdout; COPY (SELECT 1 FROM stdin) TO 'x'; COPY t FROM 'stdin';", []Statement{
			{Text: "COPY t TO stdout;", SQL: "COPY t TO stdout", Line: 1, Role: Query},
			{Text: " COPY (SELECT 1 FROM stdin) TO 'x';", SQL: "COPY (SELECT 1 FROM stdin) TO 'x'", Line: 1, Role: Query},
			{Text: " COPY t FROM 'stdin';", SQL: "COPY t FROM 'stdin'", Line: 1, Role: Query},
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, pieces(t, c.script, c.d)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	cases := []struct {
		name   string
		d      flavor.Dialect
		script string
		line   int
		reason string
	}{
		{"quote", flavor.SQLite, "SELECT 1;\nSELECT 'a;\nSELECT 2;", 2, "the quote ' that opens here is not closed"},
		{"double quote", flavor.MySQL, "SELECT \"a\\\";", 1, "the quote \" that opens here is not closed"},
		{"backtick", flavor.MariaDB, "\n\nSELECT `a;", 3, "the quote ` that opens here is not closed"},
		{"bracket", flavor.SQLite, "SELECT [a;", 1, "the quote [ that opens here is not closed"},
		{"escape string", flavor.Postgres, `SELECT E'a\';`, 1, "the quote ' that opens here is not closed"},
		{"dollar quote", flavor.Postgres, "SELECT 1;\n SELECT $a$ $b$;", 2, "the dollar quote $a$ that opens here is not closed"},
		{"comment", flavor.MySQL, "SELECT 1;\n/* a", 2, "the comment /* that opens here is not closed"},
		{"nested comment", flavor.Postgres, "/* a /* b */", 1, "the comment /* that opens here is not closed"},
		{"executable comment", flavor.MySQL, "SELECT 1\n/*!50003 a;", 2, "the executable comment that begins here does not end"},
		{"trigger", flavor.SQLite, "\nCREATE TRIGGER t AFTER INSERT ON a BEGIN\nSELECT 1;", 2, "the trigger that begins here does not end"},
		{"block", flavor.MySQL, "CREATE PROCEDURE p()\nBEGIN\nSELECT 1;", 2, "the BEGIN block that begins here does not end"},
		{"loop", flavor.MySQL, "CREATE PROCEDURE p()\nLOOP SELECT 1;", 2, "the LOOP block that begins here does not end"},
		{"begin not atomic", flavor.MariaDB, "SELECT 1;\nBEGIN NOT ATOMIC\nSELECT 1;", 2, "the BEGIN block that begins here does not end"},
		{"atomic body", flavor.Postgres, "CREATE FUNCTION f() RETURNS int\nBEGIN ATOMIC SELECT 1;", 2, "the BEGIN ATOMIC block that begins here does not end"},
		{"parenthesis", flavor.Postgres, "SELECT (\n(1);\nSELECT 2;", 1, "the parenthesis that begins here does not end"},
		{"rows of COPY", flavor.Postgres, "SELECT 1;\nCOPY t FROM stdin;\n1\n2\n", 2, `the rows of the COPY that begins here do not end with \.`},
		{"other delimiter", flavor.MySQL, "DELIMITER //\nSELECT 1;\n", 2, "the statement that begins here does not end with the delimiter //"},
		{"no delimiter", flavor.MySQL, "SELECT 1;\nDELIMITER \nSELECT 1;", 2, "DELIMITER needs the new delimiter behind it"},
		{"backslash as delimiter", flavor.MariaDB, "DELIMITER \\\\\n", 1, "a DELIMITER must not hold a backslash"},
		{"dialect", "oracle", "SELECT 1", 1, `there is no dialect "oracle"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Split(c.script, c.d)
			var e *Error
			if !errors.As(err, &e) || got != nil {
				t.Fatalf("got %v, %v; want an *Error and no pieces", got, err)
			}
			if diff := cmp.Diff(&Error{Line: c.line, Reason: c.reason}, e); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("the sentence has more than one line: %q", err)
			}
		})
	}
}
