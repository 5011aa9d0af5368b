package metadefs

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/engine/run"
	"manage/migrations/catalog"
	"manage/phases"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

var ctx = context.Background()

// glance is the catalog of the image service.
func glance(t testing.TB) *catalog.Catalog {
	t.Helper()
	return fixtures.Catalog(t, "glance")
}

// empty is a service on a database without tables. What it tells is added to
// the lines that are returned.
func empty(t testing.TB, db enginetest.Database) (*Service, *[]string) {
	t.Helper()
	var told []string
	s := &Service{Catalog: glance(t), DB: fixtures.DB(t, db.URL)}
	s.Events = func(e any) {
		if _, ours := e.(run.Event); !ours {
			told = append(told, fmt.Sprintf("%T%v", e, e))
		}
	}
	return s, &told
}

// created is a service on a database with the newest schema.
func created(t testing.TB, db enginetest.Database) (*Service, *[]string) {
	t.Helper()
	s, told := empty(t, db)
	if _, err := (&phases.Service{Catalog: s.Catalog, DB: s.DB}).CreateSchema(ctx); err != nil {
		t.Fatal(err)
	}
	return s, told
}

// folder writes files, name and text in turns, and returns their folder.
func folder(t testing.TB, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// load loads a folder or file.
func load(t testing.TB, s *Service, path string, mode Mode) {
	t.Helper()
	files, err := Files(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Load(ctx, files, mode); err != nil {
		t.Fatal(err)
	}
}

// contents are all namespaces of the database, a line each, with what is below
// them; associations as name/prefix/target.
func contents(t testing.TB, s *Service) string {
	t.Helper()
	all, err := s.All(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, n := range all {
		fmt.Fprintf(&b, "%s %s %s:", n.Name, pointed(n.DisplayName), n.Owner)
		for _, a := range n.Associations {
			fmt.Fprintf(&b, " %s/%s/%s", a.ResourceType, pointed(a.Prefix), pointed(a.PropertiesTarget))
		}
		for _, p := range n.Properties {
			fmt.Fprintf(&b, " %s=%s", p.Name, p.Schema)
		}
		for _, o := range n.Objects {
			fmt.Fprintf(&b, " %s(%s)=%s", o.Name, pointed(o.Description), o.Properties)
		}
		for _, tag := range n.Tags {
			b.WriteString(" #" + tag)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// age sets the times of all rows to a moment that is long gone.
func age(t testing.TB, db enginetest.Database) {
	for _, table := range tables() {
		db.Exec(t, "UPDATE "+table.name+" SET created_at = '2020-01-01 00:00:00', updated_at = NULL")
	}
}

// times are how many rows of a table were made, and updated, since age; the
// database's times are close to now, in UTC.
func times(t testing.TB, db enginetest.Database, table string) string {
	t.Helper()
	recent := func(column string) string {
		now := time.Now().UTC()
		return fmt.Sprintf("%s BETWEEN '%s' AND '%s'", column, now.Add(-10*time.Minute).Format(timeFormat), now.Add(10*time.Minute).Format(timeFormat))
	}
	made := db.Strings(t, "SELECT COUNT(*) FROM "+table+" WHERE "+recent("created_at"))
	updated := db.Strings(t, "SELECT COUNT(*) FROM "+table+" WHERE "+recent("updated_at"))
	return made[0] + " made, " + updated[0] + " updated"
}
