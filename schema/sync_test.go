package schema

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// syncTable has an old column of two values and a new one of more.
const syncTable = `
[[up]]
[up.create_table]
name = "goods"
columns = [
  { name = "id", type = "integer", nullable = false },
  { name = "open", type = "integer" },
  { name = "word", type = "string(10)" },
  { name = "seen", type = "integer", default = 0 },
]
primary_key = ["id"]
`

// syncBridge joins them; %s is for more keys.
const syncBridge = `
[[up]]
[up.sync_columns]
name = "word"
table = "goods"
old = "open"
new = "word"
to_new = "CASE {old} WHEN 1 THEN 'public' ELSE 'shared' END"
to_old = { other = "CASE {new} WHEN 'public' THEN 1 ELSE 0 END", sqlite = "{new} = 'public'" }
message = "open and word don't agree"
%s
`

// syncCases are what statements leave in the rows, written "open word" and in
// the order of their keys; a statement that is refused leaves what was there.
// Where the rule for conflicts matters, new and old say what the others leave.
var syncCases = []struct {
	rows, statement string
	want            string
	new, old        string
}{
	{statement: "INSERT INTO goods (id, open) VALUES (1, 1), (2, 0), (3, NULL)", want: "1 public, 0 shared, - -"},
	{statement: "INSERT INTO goods (id, word) VALUES (1, 'public'), (2, 'private'), (3, NULL)", want: "1 public, 0 private, - -"},
	{statement: "INSERT INTO goods (id) VALUES (1)", want: "- -"},
	{statement: "INSERT INTO goods (id, open, word) VALUES (1, NULL, 'private'), (2, 0, NULL)", want: "0 private, 0 shared"},
	{statement: "INSERT INTO goods (id, open, word) VALUES (1, 1, 'public'), (2, 0, 'private')", want: "1 public, 0 private"},
	{statement: "INSERT INTO goods (id, open, word) VALUES (1, 0, 'public')", want: refusedRow, new: "1 public", old: "0 shared"},
	{statement: "INSERT INTO goods (id, open, word) VALUES (1, 1, 'public'), (2, 1, 'private')", want: refusedRow, new: "1 public, 0 private", old: "1 public, 1 public"},

	{rows: "(1, 1), (2, 0)", statement: "UPDATE goods SET open = 1 - open", want: "0 shared, 1 public"},
	{rows: "(1, 1), (2, 0)", statement: "UPDATE goods SET word = 'private'", want: "0 private, 0 private"},
	{rows: "(1, 1), (2, 0)", statement: "UPDATE goods SET word = 'public'", want: "1 public, 1 public"},
	{rows: "(1, 1)", statement: "UPDATE goods SET open = NULL", want: "- -"},
	{rows: "(1, 1)", statement: "UPDATE goods SET word = NULL", want: "- -"},
	{rows: "(1, NULL)", statement: "UPDATE goods SET open = 0", want: "0 shared"},
	{rows: "(1, NULL)", statement: "UPDATE goods SET word = 'private'", want: "0 private"},
	{rows: "(1, 1)", statement: "UPDATE goods SET seen = 7", want: "1 public"},
	{rows: "(1, 1)", statement: "UPDATE goods SET open = 1, word = 'public'", want: "1 public"},
	{rows: "(1, 1)", statement: "UPDATE goods SET open = 1, word = 'private'", want: "0 private"},
	{rows: "(1, 1)", statement: "UPDATE goods SET open = 0, word = 'public'", want: "0 shared"},
	{rows: "(1, 1)", statement: "UPDATE goods SET open = 0, word = 'private'", want: "0 private"},
	{rows: "(1, 1)", statement: "UPDATE goods SET open = NULL, word = NULL", want: "- -"},
	{rows: "(1, 0)", statement: "UPDATE goods SET open = 1, word = 'private'", want: refusedRow, new: "0 private", old: "1 public"},
	{rows: "(1, 1), (2, 0)", statement: "UPDATE goods SET open = 1 - open, word = NULL", want: refusedRow, new: "- -, - -", old: "0 shared, 1 public"},
	{rows: "(1, 1)", statement: "UPDATE goods SET word = 'PUBLIC'", want: byCollation},
}

const (
	refusedRow = "refused"
	// byCollation is for a statement whose outcome depends on whether 'public'
	// is 'PUBLIC' for the expression: on MySQL it is.
	byCollation = "by collation"
)

// wantedSync is what a case leaves on a dialect under a rule for conflicts.
func wantedSync(want, newWins, oldWins, conflict string, d flavor.Dialect) string {
	switch {
	case want == byCollation && d.MySQLFamily():
		return "1 PUBLIC"
	case want == byCollation:
		return "0 PUBLIC"
	case conflict == "new" && newWins != "":
		return newWins
	case conflict == "old" && oldWins != "":
		return oldWins
	}
	return want
}

// TestSyncColumns is the table of what the triggers do, under each rule for
// conflicts, and on SQLite with and without recursive triggers.
func TestSyncColumns(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		for _, conflict := range []string{"refuse", "new", "old"} {
			for _, recursive := range []bool{false, true} {
				if recursive && db.Dialect != flavor.SQLite {
					continue
				}
				t.Run(fmt.Sprintf("%s, recursive %v", conflict, recursive), func(t *testing.T) {
					s := syncSite(t, db.Dialect, fmt.Sprintf("conflict = %q", conflict), recursive)
					for _, c := range syncCases {
						s.reset(t, c.rows)
						before := s.rows(t)
						err := s.exec(c.statement)
						want := wantedSync(c.want, c.new, c.old, conflict, db.Dialect)
						if want == refusedRow {
							s.refused(t, c.statement, err)
							want = before
						} else if err != nil {
							t.Errorf("%s: %v", c.statement, err)
						}
						if got := s.rows(t); got != want {
							t.Errorf("%s on %q: got %q, want %q", c.statement, before, got, want)
						}
					}
				})
			}
		}
	})
}

// TestSyncUpserts: a row that is replaced, or changed because it is there, is
// kept equal as well.
func TestSyncUpserts(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		var statements []string
		switch {
		case db.Dialect.MySQLFamily():
			statements = []string{"REPLACE INTO goods (id, open) VALUES (1, 0), (3, 1)", "INSERT INTO goods (id, open) VALUES (1, 0), (3, 1) ON DUPLICATE KEY UPDATE open = VALUES(open)"}
		case db.Dialect == flavor.SQLite:
			statements = []string{"REPLACE INTO goods (id, open) VALUES (1, 0), (3, 1)"}
			fallthrough
		default:
			statements = append(statements, "INSERT INTO goods (id, open) VALUES (1, 0), (3, 1) ON CONFLICT (id) DO UPDATE SET open = excluded.open")
		}
		s := syncSite(t, db.Dialect, "", false)
		for _, statement := range statements {
			s.reset(t, "(1, 1), (2, 0)")
			if err := s.exec(statement); err != nil {
				t.Errorf("%s: %v", statement, err)
			}
			if got, want := s.rows(t), "0 shared, 0 shared, 1 public"; got != want {
				t.Errorf("%s: got %q, want %q", statement, got, want)
			}
		}
	})
}

// TestSyncWithoutRowid: such a table's rows are found by their key, and others
// whose column has taken the name by another name.
func TestSyncWithoutRowid(t *testing.T) {
	for _, table := range []string{
		"CREATE TABLE goods (id INTEGER, k TEXT DEFAULT 'x', open INTEGER, word TEXT, seen INTEGER, PRIMARY KEY (id, k)) WITHOUT ROWID",
		"CREATE TABLE goods (id INTEGER, rowid TEXT DEFAULT 'x', open INTEGER, word TEXT, seen INTEGER)",
	} {
		db := enginetest.New(t, flavor.SQLite)
		s := &syncing{db: db}
		if err := s.exec(table); err != nil {
			t.Fatal(err)
		}
		execute(t, db, fold(t, inspected(t, db), forDialect(parse(t, fmt.Sprintf(syncBridge, "")), db.Dialect)))
		for _, statement := range []string{"INSERT INTO goods (id, open) VALUES (1, 1), (2, 0)", "UPDATE goods SET word = 'private' WHERE id = 1"} {
			if err := s.exec(statement); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := s.rows(t), "0 private, 0 shared"; got != want {
			t.Errorf("%s: got %q, want %q", table, got, want)
		}
	}
}

// TestSyncBesideATrigger: the user's own trigger runs as before, and stays
// when the bridge goes.
func TestSyncBesideATrigger(t *testing.T) {
	own := `
[[up]]
[up.create_trigger]
name = "own"
table = "goods"
timing = { other = "before", sqlite = "after" }
event = "insert"
body = { mysql = "SET NEW.seen = 5", postgres = "BEGIN NEW.seen := 5; RETURN NEW; END", sqlite = "UPDATE goods SET seen = 5 WHERE id = NEW.id" }
`
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		for _, text := range []string{syncTable + own + fmt.Sprintf(syncBridge, ""), syncTable + fmt.Sprintf(syncBridge, "") + own} {
			db := enginetest.New(t, db.Dialect)
			live := New(db.Flavor)
			execute(t, db, fold(t, live, forDialect(parse(t, text), db.Dialect)))
			s := &syncing{db: db}
			if err := s.exec("INSERT INTO goods (id, word) VALUES (1, 'public'), (2, 'private')"); err != nil {
				t.Fatal(err)
			}
			if got, want := s.rows(t), "1 public, 0 private"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			var seen int
			if err := db.SQL().QueryRow("SELECT sum(seen) FROM goods").Scan(&seen); err != nil || seen != 10 {
				t.Errorf("the user's trigger: got %d, %v, want 10", seen, err)
			}
			execute(t, db, fold(t, live, []Operation{&UnsyncColumns{Name: "word", Table: "goods"}}))
			var left []string
			for _, tr := range inspected(t, db).Triggers {
				left = append(left, tr.Name)
			}
			if diff := cmp.Diff([]string{"own"}, left); diff != "" {
				t.Errorf("triggers that are left (-want +got):\n%s", diff)
			}
		}
	})
}

// syncing is a database with the two columns.
type syncing struct{ db enginetest.Database }

// syncSite makes one, with a bridge that has more keys.
func syncSite(t *testing.T, d flavor.Dialect, more string, recursive bool) *syncing {
	t.Helper()
	db := enginetest.New(t, d)
	execute(t, db, fold(t, New(db.Flavor), forDialect(parse(t, syncTable+fmt.Sprintf(syncBridge, more)), d)))
	if recursive {
		db.SQL().SetMaxOpenConns(1) // the setting is the connection's
		if _, err := db.SQL().Exec("PRAGMA recursive_triggers = ON"); err != nil {
			t.Fatal(err)
		}
	}
	return &syncing{db: db}
}

func (s *syncing) exec(statement string) error {
	_, err := s.db.SQL().Exec(statement)
	return err
}

// reset leaves the rows only that are given by key and old column.
func (s *syncing) reset(t *testing.T, rows string) {
	t.Helper()
	err := s.exec("DELETE FROM goods")
	if err == nil && rows != "" {
		err = s.exec("INSERT INTO goods (id, open) VALUES " + rows)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// rows is both columns of each row.
func (s *syncing) rows(t *testing.T) string {
	t.Helper()
	lines := strings.TrimSpace(contents(t, s.db, "SELECT open, word FROM goods ORDER BY id"))
	return strings.NewReplacer("\n", ", ", "<nil>", "-").Replace(lines)
}

// refused checks the words of an error, and its SQLSTATE where there is one.
func (s *syncing) refused(t *testing.T, statement string, err error) {
	t.Helper()
	words := []string{"open and word don't agree"}
	if s.db.Dialect != flavor.SQLite {
		words = append(words, "45000")
	}
	if err == nil || slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(err.Error(), word) }) {
		t.Errorf("%s: got %v, want a refusal with %q", statement, err, words)
	}
}
