package rowaccess

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// sessionAs is a session of another user of the server.
func sessionAs(t *testing.T, db enginetest.Database, user string) database.Session {
	t.Helper()
	u, err := url.Parse(db.URL)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(user, "x")
	parsed, err := database.ParseURL(u.String())
	if err != nil {
		t.Fatal(err)
	}
	opened, err := database.Open(t.Context(), parsed, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	sess, err := opened.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sess.Close() })
	return sess
}

// problems checks the uses of a statement, and returns what is wrong, with the
// advice.
func problems(t *testing.T, sess database.Session, sql string) string {
	t.Helper()
	d := sess.Flavor().Dialect
	err := Check(t.Context(), sess, d, Of("a01", sql, d))
	var unsafe *Unsafe
	if err != nil && !errors.As(err, &unsafe) {
		t.Fatalf("%s: %v", sql, err)
	}
	if unsafe == nil {
		return ""
	}
	return unsafe.Error() + "\n" + unsafe.Advice()
}

// Who may hide rows from whom: the owner with FORCE, a member of the owner, another
// role, one with BYPASSRLS; through partitions, parents and views.
func TestRowSecurity(t *testing.T) {
	db := enginetest.New(t, flavor.Postgres)
	name := func(role string) string { return role + "_" + db.Name }
	roles := strings.NewReplacer("{owner}", name("owner"), "{other}", name("other"), "{member}", name("member"), "{bypass}", name("bypass"))
	for _, role := range []string{"owner", "other", "member", "bypass"} {
		db.Exec(t, "CREATE ROLE "+name(role)+" LOGIN PASSWORD 'x'")
		t.Cleanup(func() { db.Exec(t, "DROP OWNED BY "+name(role)+"; DROP ROLE "+name(role)) })
	}
	db.Exec(t, roles.Replace(`ALTER ROLE {bypass} BYPASSRLS; GRANT {owner} TO {member};
		GRANT ALL ON SCHEMA public TO {owner}, {other}, {member}, {bypass};
		CREATE TABLE plain (id int); CREATE TABLE policed (id int, hidden bool); CREATE TABLE forced (id int, hidden bool); CREATE TABLE closed (id int);
		CREATE TABLE parts (id int) PARTITION BY RANGE (id); CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (9);
		CREATE TABLE whole (id int) PARTITION BY RANGE (id); CREATE TABLE whole_1 PARTITION OF whole FOR VALUES FROM (1) TO (9);
		ALTER TABLE policed ENABLE ROW LEVEL SECURITY; CREATE POLICY seen ON policed USING (NOT hidden); CREATE POLICY also ON policed USING (id > 1);
		ALTER TABLE forced ENABLE ROW LEVEL SECURITY; ALTER TABLE forced FORCE ROW LEVEL SECURITY; CREATE POLICY all_rows ON forced USING (true);
		ALTER TABLE closed ENABLE ROW LEVEL SECURITY; ALTER TABLE closed FORCE ROW LEVEL SECURITY;
		ALTER TABLE parts_1 ENABLE ROW LEVEL SECURITY; ALTER TABLE parts_1 FORCE ROW LEVEL SECURITY;
		ALTER TABLE whole ENABLE ROW LEVEL SECURITY; ALTER TABLE whole FORCE ROW LEVEL SECURITY;
		CREATE TABLE "Odd" (id int); ALTER TABLE "Odd" ENABLE ROW LEVEL SECURITY; ALTER TABLE "Odd" FORCE ROW LEVEL SECURITY;
		CREATE SCHEMA app; GRANT USAGE ON SCHEMA app TO PUBLIC; CREATE TABLE app.inner_t (id int); ALTER TABLE app.inner_t ENABLE ROW LEVEL SECURITY;
		CREATE VIEW of_forced AS SELECT * FROM forced; CREATE VIEW of_view AS SELECT v.id FROM of_forced v JOIN plain USING (id);
		CREATE VIEW of_policed AS SELECT * FROM policed; CREATE VIEW of_other AS SELECT * FROM policed;
		CREATE MATERIALIZED VIEW kept AS SELECT * FROM forced`))
	for _, relation := range []string{"plain", "policed", "forced", "closed", "parts", "parts_1", "whole", "whole_1", `"Odd"`, "of_forced", "of_view", "of_policed", "kept"} {
		db.Exec(t, "ALTER TABLE "+relation+" OWNER TO "+name("owner"))
	}
	db.Exec(t, roles.Replace(`GRANT ALL ON ALL TABLES IN SCHEMA public, app TO {other}, {bypass}; ALTER TABLE of_other OWNER TO {other}`))
	invoker := db.Flavor.AtLeast(15, 0, 0)
	if invoker {
		db.Exec(t, roles.Replace(`CREATE VIEW invoked WITH (security_invoker = on) AS SELECT * FROM policed; ALTER VIEW invoked OWNER TO {owner}; GRANT ALL ON invoked TO {other}, {bypass}`))
	}
	for _, tt := range []struct{ role, sql, want string }{ // want: parts of the text; "" for none
		{"owner", "SELECT 1 FROM plain", ""},
		{"owner", "SELECT 1 FROM policed", ""},
		{"member", "SELECT 1 FROM policed", ""},
		{"other", "SELECT 1 FROM policed", "hide rows of the table policed from the role {other} (policies also, seen); all of them are needed by a01|Connect as the owner of the table policed, {owner}, or as a role with BYPASSRLS (ALTER ROLE {other} BYPASSRLS)"},
		{"bypass", "SELECT 1 FROM policed, forced, closed", ""},
		{"owner", "SELECT 1 FROM forced", "the table forced from the role {owner} (policy all_rows)|ALTER TABLE forced NO FORCE ROW LEVEL SECURITY"},
		{"member", "UPDATE forced SET id = 1", "the table forced from the role {member}|NO FORCE"},
		{"other", "DELETE FROM closed", "no policy, which hides all rows"},
		{"owner", "id IN (SELECT id FROM closed)", "the table closed"},
		{"owner", "INSERT INTO plain SELECT id FROM forced", "the table forced"},
		{"owner", "WITH x AS (SELECT * FROM forced) SELECT 1 FROM x", "the table forced"},
		{"owner", `SELECT 1 FROM "Odd"`, `the table Odd|ALTER TABLE "Odd" NO FORCE`},
		{"owner", "SELECT 1 FROM odd", ""},
		{"owner", "SELECT forced.id FROM plain forced", ""},
		{"owner", "SELECT 1 FROM parts", ""}, // its policies are not those of its partitions
		{"owner", "SELECT 1 FROM parts_1", "the table parts_1"},
		{"owner", "SELECT 1 FROM whole", "the table whole"},
		{"owner", "SELECT 1 FROM whole_1", ""},
		{"owner", "SELECT 1 FROM app.inner_t", "the table app.inner_t"},
		{"owner", "SELECT 1 FROM inner_t", ""},
		{"owner", "SELECT 1 FROM of_forced", "the table forced from the role {owner} through the view of_forced"},
		{"bypass", "SELECT 1 FROM of_forced", "from the role {owner} through the view of_forced|Give the view's owner {owner}"},
		{"bypass", "SELECT 1 FROM of_view", "through the view of_view"},
		{"other", "SELECT 1 FROM of_policed", ""}, // read as its owner
		{"owner", "SELECT 1 FROM of_other", "from the role {other} through the view of_other"},
		{"owner", "SELECT 1 FROM kept", ""},
		{"other", "SELECT 1 FROM policed JOIN closed USING (id)", "the table policed|the table closed"},
		{"owner", "SELECT 1 FROM no_such_table", ""},
		{"owner", "SELECT 1 FROM pg_class", ""},
	} {
		got := problems(t, sessionAs(t, db, name(tt.role)), tt.sql)
		if (got == "") != (tt.want == "") {
			t.Errorf("%s: %s: %q", tt.role, tt.sql, got)
		}
		for part := range strings.SplitSeq(roles.Replace(tt.want), "|") {
			if !strings.Contains(got, part) {
				t.Errorf("%s: %s: %q does not say %q", tt.role, tt.sql, got, part)
			}
		}
	}
	if invoker {
		if got := problems(t, sessionAs(t, db, name("other")), "SELECT 1 FROM invoked"); !strings.Contains(got, "from the role "+name("other")+" through the view invoked") {
			t.Errorf("security_invoker: %q", got)
		}
		if got := problems(t, sessionAs(t, db, name("bypass")), "SELECT 1 FROM invoked"); got != "" {
			t.Errorf("security_invoker with BYPASSRLS: %q", got)
		}
	}
	// What words cannot tell is the server's to refuse.
	db.Exec(t, `CREATE FUNCTION count_forced() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM forced'`)
	sess := sessionAs(t, db, name("owner"))
	if _, err := sess.ExecContext(t.Context(), "SET row_security = off"); err != nil {
		t.Fatal(err)
	}
	_, err := sess.ExecContext(t.Context(), "SELECT count_forced()")
	if database.ClassOf(err) != database.HiddenRows || !strings.Contains(err.Error(), "would hide rows of the table forced") {
		t.Errorf("the server's refusal is %v", err)
	}
}

// Rows of other servers are not in our transactions.
func TestForeignTables(t *testing.T) {
	db := enginetest.New(t, flavor.Postgres)
	db.Exec(t, `CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
		CREATE FOREIGN TABLE far (id int) SERVER files OPTIONS (filename '/dev/null');
		CREATE TABLE parts (id int) PARTITION BY RANGE (id);
		CREATE FOREIGN TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (9) SERVER files OPTIONS (filename '/dev/null');
		CREATE VIEW over AS SELECT * FROM far; CREATE UNLOGGED TABLE unsafe (id int)`)
	sess := sessionOf(t, db)
	for sql, want := range map[string]string{
		"UPDATE far SET id = 1": "far is a foreign table", "SELECT 1 FROM far": "", "UPDATE parts SET id = 1": "parts is a foreign table, or has foreign partitions",
		"DELETE FROM over": "far is a foreign table", "INSERT INTO unsafe SELECT id FROM far": "",
	} {
		if got := problems(t, sess, sql); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
}

func sessionOf(t *testing.T, db enginetest.Database) database.Session {
	t.Helper()
	u, err := url.Parse(db.URL)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := database.ParseURL(u.String())
	if err != nil {
		t.Fatal(err)
	}
	opened, err := database.Open(t.Context(), parsed, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	sess, err := opened.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sess.Close() })
	return sess
}

// enginesOf are the storage engines without transactions that a server has, and
// the clauses that a table of each needs.
func enginesOf(t *testing.T, db enginetest.Database) map[string]string {
	more := map[string]string{"MRG_MyISAM": " UNION = (merged)", "CONNECT": "", "FEDERATED": " CONNECTION = 'mysql://nobody@127.0.0.1:1/x/y'"}
	found := map[string]string{}
	for _, engine := range db.Strings(t, "SELECT engine FROM information_schema.engines WHERE support IN ('YES', 'DEFAULT') AND transactions = 'NO' AND engine <> 'PERFORMANCE_SCHEMA'") {
		found[engine] = more[engine]
		if strings.EqualFold(engine, "MRG_MyISAM") {
			found[engine] = more["MRG_MyISAM"]
		}
	}
	return found
}

// Each engine without transactions is refused for what writes, and not for what
// reads: the table itself, its partitions, below views, behind triggers.
func TestEnginesWithoutTransactions(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if !db.Dialect.MySQLFamily() {
			return
		}
		db.Exec(t, "CREATE TABLE merged (id int NOT NULL) ENGINE = MyISAM")
		sess := sessionOf(t, db)
		engines := enginesOf(t, db)
		if len(engines) < 5 {
			t.Fatalf("the server has only %v", engines)
		}
		for engine, clause := range engines {
			table := "t_" + strings.ToLower(engine)
			db.Exec(t, "CREATE TABLE "+table+" (id int NOT NULL) ENGINE = "+engine+clause)
			got := problems(t, sess, "UPDATE "+table+" SET id = id + 1")
			if !strings.Contains(strings.ToLower(got), strings.ToLower("the table "+table+" has the storage engine "+engine)) || !strings.Contains(got, "ALTER TABLE "+table+" ENGINE = InnoDB") {
				t.Errorf("%s: %q", engine, got)
			}
			if got := problems(t, sess, "SELECT 1 FROM "+table); got != "" {
				t.Errorf("reading %s: %q", engine, got)
			}
		}
		partitions := " PARTITION BY HASH (id) PARTITIONS 2"
		if db.Dialect == flavor.MySQL && db.Flavor.AtLeast(8, 0, 0) {
			partitions = "" // only InnoDB's tables have any
		}
		db.Exec(t, `CREATE TABLE goods (id int PRIMARY KEY) ENGINE = InnoDB; CREATE TABLE fired (id int PRIMARY KEY) ENGINE = InnoDB; CREATE TABLE log (id int) ENGINE = MyISAM;
			CREATE TABLE parts (id int NOT NULL) ENGINE = MyISAM`+partitions+`; CREATE TABLE far (id int PRIMARY KEY) ENGINE = InnoDB;
			CREATE VIEW shown AS SELECT l.id FROM log l; CREATE VIEW shown_again AS SELECT * FROM shown; CREATE VIEW fine AS SELECT * FROM goods;
			CREATE TRIGGER noted AFTER UPDATE ON fired FOR EACH ROW INSERT INTO log VALUES (NEW.id);
			CREATE TRIGGER passed AFTER UPDATE ON far FOR EACH ROW UPDATE fired SET id = NEW.id WHERE id = OLD.id;
			CREATE TRIGGER reads_only BEFORE INSERT ON goods FOR EACH ROW SET NEW.id = (SELECT count(*) FROM log)`)
		for sql, want := range map[string]string{
			"UPDATE goods SET id = 1": "", "DELETE FROM fine": "", "INSERT INTO goods SELECT id FROM log": "",
			"UPDATE shown SET id = 1": "the table log", "DELETE FROM shown_again": "the table log", "UPDATE goods JOIN log USING (id) SET goods.id = 1": "the table log",
			"UPDATE fired SET id = 1": "the table log has the storage engine MyISAM, which has no transactions of this server, so an interrupted run of a01 (by the trigger noted) could", "UPDATE far SET id = 1": "the table log",
			"INSERT INTO " + db.Name + ".log VALUES (1)": "the table log", "DELETE FROM parts": "the table parts", "UPDATE no_such SET id = 1": "", "UPDATE `goods` SET id = 1": "",
		} {
			if got := problems(t, sess, sql); (got == "") != (want == "") || !strings.Contains(got, want) {
				t.Errorf("%s: %q, want %q", sql, got, want)
			}
		}
	})
}

// MariaDB may be told to make all tables with one engine, whatever is asked for.
func TestEnforcedEngine(t *testing.T) {
	db := enginetest.New(t, flavor.MariaDB)
	db.Exec(t, "CREATE TABLE goods (id int PRIMARY KEY)")
	sess := sessionOf(t, db)
	for engine, want := range map[string]string{"MyISAM": "the server makes every table with the storage engine MyISAM (enforce_storage_engine)", "InnoDB": "", "NULL": ""} {
		if _, err := sess.ExecContext(t.Context(), "SET SESSION enforce_storage_engine = "+engine); err != nil {
			t.Fatal(err)
		}
		if got := problems(t, sess, "UPDATE goods SET id = 1"); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", engine, got, want)
		}
	}
}
