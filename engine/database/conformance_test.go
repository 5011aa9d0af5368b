package database_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// open opens a database for a test and closes it at its end.
func open(t *testing.T, raw string, o database.Options) database.DB {
	t.Helper()
	u, err := database.ParseURL(raw)
	if err != nil {
		t.Fatal(err)
	}
	db, err := database.Open(t.Context(), u, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// session opens a session for a test and closes it at its end.
func session(t *testing.T, db database.DB) database.Session {
	t.Helper()
	s, err := db.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func exec(t *testing.T, s database.Querier, query string, args ...any) int64 {
	t.Helper()
	r, err := s.ExecContext(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	n, err := r.RowsAffected()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// texts is the first column of a query's rows.
func texts(t *testing.T, s database.Querier, query string, args ...any) []string {
	t.Helper()
	rows, err := s.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	all := []string{}
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// wantClass checks an error's class and that it is an *Error with a message.
func wantClass(t *testing.T, err error, want database.Class) *database.Error {
	t.Helper()
	var e *database.Error
	if !errors.As(err, &e) {
		t.Fatalf("error is %T (%v), want *database.Error of class %s", err, err, want)
	}
	if e.Class != want || e.Message == "" {
		t.Fatalf("error is of class %s with message %q (code %s), want class %s", e.Class, e.Message, e.Code, want)
	}
	return e
}

// conformance is what a session must do whatever the server.
var conformance = []struct {
	name string
	test func(t *testing.T, db database.DB, s database.Session)
}{
	{"transactions", testTransactions},
	{"failed transaction", testFailedTransaction},
	{"placeholders", testPlaceholders},
	{"values", testValues},
	{"matched rows", testMatchedRows},
	{"quoting", testQuoting},
	{"classes", testClasses},
	{"lock timeout", testLockTimeout},
	{"interrupt", testInterrupt},
	{"several statements", testIndependentSessions},
}

func TestSession(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		for _, c := range conformance {
			t.Run(c.name, func(t *testing.T) {
				fresh := enginetest.New(t, e.Dialect)
				db := open(t, fresh.URL, database.Options{})
				c.test(t, db, session(t, db))
			})
		}
	})
}

func testTransactions(t *testing.T, _ database.DB, s database.Session) {
	exec(t, s, "CREATE TABLE t (id INTEGER PRIMARY KEY)")
	for _, end := range []struct {
		do   func(context.Context) error
		want int
	}{{s.Rollback, 0}, {s.Commit, 1}} {
		if err := s.Begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !s.InTransaction() {
			t.Fatal("not in a transaction after Begin")
		}
		exec(t, s, "INSERT INTO t VALUES (1)")
		if err := end.do(t.Context()); err != nil {
			t.Fatal(err)
		}
		if s.InTransaction() {
			t.Fatal("in a transaction after its end")
		}
		if got := len(texts(t, s, "SELECT id FROM t")); got != end.want {
			t.Fatalf("%d rows, want %d", got, end.want)
		}
	}
}

func testFailedTransaction(t *testing.T, _ database.DB, s database.Session) {
	exec(t, s, "CREATE TABLE t (id INTEGER PRIMARY KEY)")
	if err := s.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	exec(t, s, "INSERT INTO t VALUES (1)")
	_, err := s.ExecContext(t.Context(), "INSERT INTO t VALUES (1)")
	wantClass(t, err, database.Duplicate)
	err = s.Commit(t.Context())
	// What the server kept is what Commit must say.
	if s.Flavor().Dialect == flavor.Postgres {
		wantClass(t, err, database.Other)
	} else if err != nil {
		t.Fatal(err)
	}
	if err := s.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := 1
	if s.Flavor().Dialect == flavor.Postgres {
		want = 0
	}
	if got := len(texts(t, s, "SELECT id FROM t")); got != want {
		t.Fatalf("%d rows, want %d", got, want)
	}
}

func testPlaceholders(t *testing.T, _ database.DB, s database.Session) {
	exec(t, s, "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(50))")
	exec(t, s, "INSERT INTO t (id, a) VALUES (?, ?)", 1, `o'rei\lly?`)
	exec(t, s, "INSERT INTO t (id, a) VALUES (2, 'what? $1')")
	got := texts(t, s, "SELECT a FROM t WHERE a <> '?' /* ? */ AND id = ? -- ?\n", 1)
	if len(got) != 1 || got[0] != `o'rei\lly?` {
		t.Fatalf("got %q", got)
	}
	if got := texts(t, s, "SELECT a FROM t WHERE a LIKE 'what?%'"); len(got) != 1 || got[0] != "what? $1" {
		t.Fatalf("got %q", got)
	}
}

// testValues: each kind of value that callers pass arrives as it was.
func testValues(t *testing.T, _ database.DB, s database.Session) {
	kinds := map[flavor.Dialect][2]string{flavor.Postgres: {"BYTEA", "TIMESTAMP"}, flavor.SQLite: {"BLOB", "DATETIME"}}
	kind, ok := kinds[s.Flavor().Dialect]
	if !ok {
		kind = [2]string{"BLOB", "DATETIME(6)"}
	}
	exec(t, s, "CREATE TABLE v (id BIGINT PRIMARY KEY, txt TEXT, flag BOOLEAN, real_no DOUBLE PRECISION, bytes "+kind[0]+", at "+kind[1]+")")
	at := time.Date(2026, 11, 21, 4, 5, 6, 123456000, time.UTC)
	bytes := []byte{0, 1, '\'', '\\', 0xff}
	exec(t, s, "INSERT INTO v (id, txt, flag, real_no, bytes, at) VALUES (?, ?, ?, ?, ?, ?)", int64(1)<<40, "ü'\\?😀", true, 1.5, bytes, at)
	exec(t, s, "INSERT INTO v (id, txt, flag, real_no, bytes, at) VALUES (?, ?, ?, ?, ?, ?)", 2, nil, nil, nil, nil, nil)
	var got struct {
		id    int64
		txt   string
		flag  bool
		real  float64
		bytes []byte
		at    time.Time
	}
	rows, err := s.QueryContext(t.Context(), "SELECT id, txt, flag, real_no, bytes, at FROM v WHERE txt = ? AND id > ? AND flag = ?", "ü'\\?😀", 2, true)
	if err != nil {
		t.Fatal(err)
	}
	if !rows.Next() {
		t.Fatalf("no row: %v", rows.Err())
	}
	err = errors.Join(rows.Scan(&got.id, &got.txt, &got.flag, &got.real, &got.bytes, &got.at), rows.Close())
	if err != nil {
		t.Fatal(err)
	}
	if got.id != 1<<40 || got.txt != "ü'\\?😀" || !got.flag || got.real != 1.5 || string(got.bytes) != string(bytes) || !got.at.Equal(at) {
		t.Errorf("got %+v", got)
	}
	if n := len(texts(t, s, "SELECT id FROM v WHERE txt IS NULL AND flag IS NULL AND real_no IS NULL AND bytes IS NULL AND at IS NULL")); n != 1 {
		t.Errorf("%d rows of nulls, want 1", n)
	}
}

func testMatchedRows(t *testing.T, _ database.DB, s database.Session) {
	exec(t, s, "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(10))")
	exec(t, s, "INSERT INTO t VALUES (1, 'x')")
	if n := exec(t, s, "UPDATE t SET a = 'x' WHERE id = 1"); n != 1 {
		t.Fatalf("%d rows, want the 1 that matched", n)
	}
}

func testQuoting(t *testing.T, _ database.DB, s database.Session) {
	for _, name := range []string{"order", `a"b`, "a`b", "A b", `a\b`} {
		q := s.QuoteIdent(name)
		exec(t, s, "CREATE TABLE "+q+" (id INTEGER)")
		exec(t, s, "DROP TABLE "+q)
	}
	for _, text := range []string{"", "'", `\`, `\'`, `'; DROP TABLE t; --`, "ü€😀", "a\nb"} {
		if got := texts(t, s, "SELECT "+s.QuoteLiteral(text)); len(got) != 1 || got[0] != text {
			t.Errorf("QuoteLiteral(%q) is read as %q", text, got)
		}
	}
}

func testClasses(t *testing.T, _ database.DB, s database.Session) {
	exec(t, s, "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, CHECK (a > 0))")
	for query, want := range map[string]database.Class{
		"SELECT * FROM missing":                     database.MissingTable,
		"DROP TABLE missing":                        database.MissingTable,
		"SELECT missing FROM t":                     database.MissingColumn,
		"INSERT INTO t (id, missing) VALUES (1, 1)": database.MissingColumn,
		"CREATE TABLE t (id INTEGER)":               database.AlreadyExists,
		"ALTER TABLE t ADD COLUMN a INTEGER":        database.AlreadyExists,
		"INSERT INTO t (id, a) VALUES (1, NULL)":    database.ConstraintFailed,
		"INSERT INTO t (id, a) VALUES (1, 0)":       database.ConstraintFailed,
		"SELEC 1":                                   database.Syntax,
	} {
		_, err := s.ExecContext(t.Context(), query)
		e := wantClass(t, err, want)
		if e.SQL != query || e.Code == "" {
			t.Errorf("%s: error has SQL %q and code %q", query, e.SQL, e.Code)
		}
	}
}

func testLockTimeout(t *testing.T, db database.DB, s database.Session) {
	other := session(t, db)
	exec(t, s, "CREATE TABLE t (id INTEGER PRIMARY KEY)")
	if err := other.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	exec(t, other, "INSERT INTO t VALUES (1)")
	if db.Flavor().Galera {
		// A schema change goes through the whole cluster and ends what is in
		// its way (Galera manual, "Total Order Isolation"): no lock waits.
		exec(t, s, "ALTER TABLE t ADD COLUMN b INTEGER")
		wantClass(t, other.Commit(t.Context()), database.Deadlock)
		return
	}
	for _, limit := range []time.Duration{50 * time.Millisecond, time.Second} {
		if err := s.SetLockTimeout(t.Context(), limit); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		_, err := s.ExecContext(t.Context(), "ALTER TABLE t ADD COLUMN b INTEGER")
		wantClass(t, err, database.LockTimeout)
		if took := time.Since(start); took < limit*8/10 || took > limit+4*time.Second {
			t.Errorf("waited %s with a limit of %s", took, limit)
		}
	}
	if err := other.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.SetLockTimeout(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	exec(t, s, "ALTER TABLE t ADD COLUMN b INTEGER")
}

func testInterrupt(t *testing.T, _ database.DB, s database.Session) {
	slow := map[flavor.Dialect]string{
		flavor.Postgres: "SELECT pg_sleep(20)",
		flavor.SQLite:   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT count(*) FROM n",
	}[s.Flavor().Dialect]
	if slow == "" {
		slow = "SELECT SLEEP(20)"
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := s.ExecContext(ctx, slow)
	wantClass(t, err, database.Interrupted)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("interrupted only after %s", took)
	}
}

func testIndependentSessions(t *testing.T, db database.DB, s database.Session) {
	exec(t, s, "CREATE TABLE t (id INTEGER PRIMARY KEY)")
	other := session(t, db)
	exec(t, other, "INSERT INTO t VALUES (1)")
	if got := len(texts(t, s, "SELECT id FROM t")); got != 1 {
		t.Fatalf("%d rows, want 1", got)
	}
	server := s.Flavor().Dialect != flavor.SQLite
	if (s.ServerID() != "") != server || server && s.ServerID() == other.ServerID() {
		t.Errorf("sessions are called %q and %q", s.ServerID(), other.ServerID())
	}
}
