package enginetest

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"manage/engine/flavor"
)

// Snapshot is a database's schema as its server describes it. It is taken by
// queries of this package alone, so that it can bear witness for or against
// the inspection that it tests, and has the form of the recorded snapshots
// that were taken from databases made by other tools.
//
// Lists are sorted by name, columns are in their order. Fields that a server
// does not have are absent from JSON.
type Snapshot struct {
	Backend       string               `json:"backend"` // mariadb (also MySQL), postgresql, sqlite
	ServerVersion string               `json:"server_version"`
	Tables        map[string]SnapTable `json:"tables"`
	Triggers      []SnapTrigger        `json:"triggers"`
	Views         []SnapView           `json:"views"`
	Types         []SnapType           `json:"types,omitempty"`
	Sequences     []SnapSequence       `json:"sequences,omitempty"`
	// AlembicVersion holds the rows of that table, sorted; nil if there is no
	// such table.
	AlembicVersion []string `json:"alembic_version"`
}

// SnapTable is one table of a snapshot.
type SnapTable struct {
	Columns           []SnapColumn      `json:"columns"`
	PrimaryKey        *SnapKey          `json:"primary_key"`
	Indexes           []SnapIndex       `json:"indexes"`
	ForeignKeys       []SnapForeignKey  `json:"foreign_keys"`
	Checks            []SnapCheck       `json:"checks"`
	UniqueConstraints []SnapKey         `json:"unique_constraints,omitempty"`
	Options           map[string]string `json:"options,omitempty"`
}

// SnapColumn is one column of a snapshot. Default is the text the server
// reports: on MariaDB the text NULL is "default NULL", nil is "no default".
type SnapColumn struct {
	Name          string  `json:"name"`
	Type          string  `json:"type"`
	Nullable      bool    `json:"nullable"`
	Default       *string `json:"default"`
	Autoincrement bool    `json:"autoincrement"`
	Collation     *string `json:"collation,omitempty"`
	Extra         string  `json:"extra,omitempty"`
	Comment       string  `json:"comment,omitempty"`
}

// SnapKey is a primary key or a unique constraint; the name is nil where the
// statement that made a SQLite table gives none.
type SnapKey struct {
	Name    *string  `json:"name"`
	Columns []string `json:"columns"`
}

// SnapIndex is one index that is not the primary key.
type SnapIndex struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Unique  bool     `json:"unique"`
	Type    string   `json:"type,omitempty"`
	Where   string   `json:"where,omitempty"`
}

// SnapForeignKey is one foreign key.
type SnapForeignKey struct {
	Name       *string  `json:"name"`
	Columns    []string `json:"columns"`
	RefTable   string   `json:"ref_table"`
	RefColumns []string `json:"ref_columns"`
	OnDelete   string   `json:"on_delete"`
	OnUpdate   string   `json:"on_update"`
}

// SnapCheck is one check constraint.
type SnapCheck struct {
	Name       *string `json:"name"`
	Expression string  `json:"expression"`
	Level      string  `json:"level,omitempty"`
}

// SnapTrigger is one trigger, its body without comments and extra white space.
type SnapTrigger struct {
	Name   string `json:"name"`
	Event  string `json:"event"`
	Table  string `json:"table"`
	Timing string `json:"timing"`
	Body   string `json:"body"`
}

// SnapView is one view.
type SnapView struct {
	Name       string `json:"name"`
	Definition string `json:"definition"`
}

// SnapType is a PostgreSQL enumeration.
type SnapType struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// SnapSequence is a PostgreSQL sequence and the column it belongs to.
type SnapSequence struct {
	Name    string  `json:"name"`
	OwnedBy *string `json:"owned_by"`
}

// TakeSnapshot describes the database as it is now.
func TakeSnapshot(t testing.TB, db Database) *Snapshot {
	t.Helper()
	s, err := snapshot(db)
	for try := 0; err != nil && db.Flavor.Galera && try < 3; try++ {
		s, err = snapshot(db) // a schema change elsewhere in the cluster ends reads that are in its way
	}
	if err != nil {
		t.Fatalf("snapshot of %s: %v", db.Dialect.Title(), err)
	}
	return s
}

func snapshot(db Database) (*Snapshot, error) {
	s := &Snapshot{Tables: map[string]SnapTable{}}
	var err error
	switch db.Dialect {
	case flavor.SQLite:
		err = snapSQLite(db.db, s)
	case flavor.Postgres:
		err = snapPostgres(db.db, s)
	default:
		err = snapMySQL(db.db, s)
	}
	if _, ok := s.Tables["alembic_version"]; ok && err == nil {
		s.AlembicVersion, err = stringColumn(db.db, "SELECT version_num FROM alembic_version ORDER BY 1")
	}
	return s, err
}

// LoadSnapshot reads a recorded snapshot. A field that this package does not
// know fails the test: it would not be compared.
func LoadSnapshot(t testing.TB, path string) *Snapshot {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	s := &Snapshot{}
	if err := d.Decode(s); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return s
}

// CompareSnapshots returns how got differs from want, "" if it does not. The
// server's version is not compared. What MariaDB was recorded with is
// compared with MySQL as InMySQL says.
func CompareSnapshots(want, got *Snapshot) string {
	if !strings.Contains(got.ServerVersion, "MariaDB") {
		want = want.InMySQL()
	}
	return cmp.Diff(want, got, cmpopts.IgnoreFields(Snapshot{}, "ServerVersion"), cmpopts.EquateEmpty())
}

// Without returns a copy of the snapshot that lacks the named tables, such as
// the tool's own, which no other tool makes. Their triggers go with them.
func (s *Snapshot) Without(tables ...string) *Snapshot {
	out := *s
	out.Tables = map[string]SnapTable{}
	for name, table := range s.Tables {
		out.Tables[name] = table
	}
	for _, name := range tables {
		delete(out.Tables, name)
	}
	out.Triggers = nil
	for _, trigger := range s.Triggers {
		if _, ok := out.Tables[trigger.Table]; ok {
			out.Triggers = append(out.Triggers, trigger)
		}
	}
	return &out
}

var (
	lineComment = regexp.MustCompile(`--[^\n]*`)
	whiteSpace  = regexp.MustCompile(`\s+`)
)

// plain strips SQL comments and collapses white space.
func plain(text string) string {
	return strings.TrimSpace(whiteSpace.ReplaceAllString(lineComment.ReplaceAllString(text, " "), " "))
}

// row is a result row by lower-case column name. Values are text; a missing
// key is NULL.
type row map[string]string

func (r row) optional(name string) *string {
	if v, ok := r[name]; ok {
		return &v
	}
	return nil
}

func (r row) bool(name string) bool {
	switch r[name] {
	case "1", "t", "true", "YES":
		return true
	}
	return false
}

// textRows reads all rows of a query as text.
func textRows(db *sql.DB, query string, args ...any) ([]row, error) {
	rows, err := db.Query(query, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", query, err)
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var out []row
	for rows.Next() {
		cells := make([]sql.NullString, len(cols))
		into := make([]any, len(cols))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		r := row{}
		for i, c := range cells {
			if c.Valid {
				r[strings.ToLower(cols[i])] = c.String
			}
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// eachRow calls f for the rows of a query in order.
func eachRow(db *sql.DB, query string, f func(row)) error {
	rows, err := textRows(db, query)
	for _, r := range rows {
		f(r)
	}
	return err
}

func stringColumn(db *sql.DB, query string) ([]string, error) {
	rows, err := readRows(db, query)
	out := []string{}
	for _, r := range rows {
		out = append(out, fmt.Sprint(r[0]))
	}
	return out, err
}

// name is the text of an optional name, for sorting.
func nameOf(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

func sortByName[T any](list []T, key func(T) string) {
	sort.SliceStable(list, func(i, j int) bool { return key(list[i]) < key(list[j]) })
}

// InMySQL returns how MySQL describes the database that the snapshot shows on
// MariaDB: integers without display widths, no default where MariaDB reports
// NULL, NO ACTION for RESTRICT, other names of unnamed checks. A snapshot of
// MySQL stays as it is.
func (s *Snapshot) InMySQL() *Snapshot {
	out := s.Without()
	if !strings.Contains(s.ServerVersion, "MariaDB") {
		return out
	}
	out.ServerVersion = "MySQL"
	for name, table := range out.Tables {
		table.Columns = slices.Clone(table.Columns)
		for i, c := range table.Columns {
			if c.Type != "tinyint(1)" {
				c.Type = displayWidth.ReplaceAllString(c.Type, "$1")
			}
			if nameOf(c.Default) == "NULL" {
				c.Default = nil
			} else if c.Default != nil {
				bare := strings.Trim(*c.Default, "'")
				c.Default = &bare
			}
			table.Columns[i] = c
		}
		table.ForeignKeys = slices.Clone(table.ForeignKeys)
		for i, fk := range table.ForeignKeys {
			fk.OnDelete = strings.Replace(fk.OnDelete, "RESTRICT", "NO ACTION", 1)
			fk.OnUpdate = strings.Replace(fk.OnUpdate, "RESTRICT", "NO ACTION", 1)
			table.ForeignKeys[i] = fk
		}
		table.Checks = slices.Clone(table.Checks)
		for i, c := range table.Checks {
			called := strings.Replace(nameOf(c.Name), "CONSTRAINT_", name+"_chk_", 1)
			table.Checks[i] = SnapCheck{Name: &called, Expression: "(" + c.Expression + ")"}
		}
		out.Tables[name] = table
	}
	return out
}

var displayWidth = regexp.MustCompile(`^(\w*int)\(\d+\)`)
