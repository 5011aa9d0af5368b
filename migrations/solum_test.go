package migrations_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/engine/flavor"
	"manage/engine/revision"
	"manage/phases"
)

// TestSolumTypes are those in which the dialects differ: texts with a length,
// and the one column that the original makes wider on MySQL alone.
func TestSolumTypes(t *testing.T) {
	c := fixtures.Catalog(t, "solum")
	for name, want := range map[string][4]string{ // in the order of flavor.Dialects
		"app.source":                    {"TEXT(1024)", "text", "text", "text"},
		"app.raw_content":               {"TEXT(2048)", "text", "text", "text"},
		"plan.raw_content":              {"TEXT(2048)", "text", "text", "text"},
		"parameter.sys_defined_params":  {"TEXT(65535)", "text", "mediumtext", "mediumtext"},
		"parameter.user_defined_params": {"TEXT(65535)", "text", "mediumtext", "mediumtext"},
		"workflow.result":               {"TEXT", "text", "text", "text"},
		"image.status":                  {"VARCHAR(12)", "character varying(12)", "varchar(36)", "varchar(36)"},
		"image.base_image_id":           {"VARCHAR(100)", "character varying(100)", "varchar(100)", "varchar(100)"},
		"service.read_only":             {"INTEGER", "integer", "int", "int"},
	} {
		table, col, _ := strings.Cut(name, ".")
		for i, d := range flavor.Dialects() {
			if got := column(t, c, d, table, col).Type; got != want[i] {
				t.Errorf("%s on %s is %s, want %s", name, d, got, want[i])
			}
		}
	}
}

// TestSolumIcehouse takes over a database of that release: by the word of the
// manual, and, without being told, by its tables.
func TestSolumIcehouse(t *testing.T) {
	c := fixtures.Catalog(t, "solum")
	target, err := c.Graph.Target("icehouse", revision.Scope{})
	if err != nil || strings.Join(c.Graph.Version(target.Set).IDs(), " ") != "498adc6185ae" {
		t.Fatalf("icehouse means %v, %v", target, err)
	}
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		for _, stamped := range []bool{true, false} {
			fresh := enginetest.New(t, db.Dialect)
			siteOf(t, fresh, c).upTo(t, "498adc6185ae")
			if n := len(enginetest.TakeSnapshot(t, fresh).Tables); n != 11 {
				t.Errorf("the first revision makes %d tables", n)
			}
			s := serviceOf(t, "solum", fresh)
			if stamped {
				if _, err := s.Stamp(t.Context(), phases.Request{Version: "icehouse"}); err != nil {
					t.Fatal(err)
				}
			}
			r, err := s.Upgrade(t.Context(), phases.Request{})
			if err != nil {
				t.Fatal(err)
			}
			if adopted := map[bool]string{false: "498adc6185ae"}[stamped]; r.Adopted != adopted {
				t.Errorf("stamped: %v is taken over as %q, want %q", stamped, r.Adopted, adopted)
			}
			if rows := fresh.Strings(t, "SELECT version_num FROM alembic_version"); strings.Join(rows, " ") != "a271b35952be" {
				t.Errorf("stamped: %v ends at %v", stamped, rows)
			}
		}
	})
}

// TestSolumNarrowColumns goes back to columns that have less room: what fits
// stays, and of what does not the row stays.
func TestSolumNarrowColumns(t *testing.T) {
	long := func(n int) string { return strings.Repeat("é", n) }
	for _, c := range []struct {
		revision, column, below string
		room                    int  // in characters, below
		mysqlOnly               bool // wider above on MySQL alone
	}{
		{"1f57763d7871", "status", "state", 12, true},
		{"43df309dbf3f", "base_image_id", "base_image_id", 36, false},
	} {
		enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
			if c.mysqlOnly && !db.Dialect.MySQLFamily() {
				return
			}
			s := siteOf(t, db, fixtures.Catalog(t, "solum"))
			s.upTo(t, c.revision)
			values := []string{"x", long(c.room), long(c.room + 1), ""}
			for i, v := range values {
				s.mustRun(t, fmt.Sprintf("INSERT INTO image (id, uuid, %s) VALUES (%d, 'u', '%s')", c.column, i+1, v))
			}
			want := []string{"x", long(c.room), "NULL", ""}
			if db.Dialect == flavor.SQLite {
				want[2] = long(c.room + 1) // it counts no characters
			}
			s.down(t, c.revision)
			if diff := cmp.Diff(want, s.strings(t, "SELECT "+c.below+" FROM image ORDER BY id")); diff != "" {
				t.Errorf("%s below %s (-want +got):\n%s", c.below, c.revision, diff)
			}
		})
	}
}
