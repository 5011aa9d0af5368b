package migrations_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/sqltext"
)

// image is what is recorded of an image's two columns. Values that are absent
// are null.
type image struct {
	IsPublic   *int    `json:"is_public"`
	Visibility *string `json:"visibility"`
}

func (i image) String() string {
	s := map[bool]string{true: "NULL"}[i.IsPublic == nil]
	if i.IsPublic != nil {
		s = fmt.Sprint(*i.IsPublic == 1)
	}
	if i.Visibility == nil {
		return s + " NULL"
	}
	return s + " " + *i.Visibility
}

// outcome is what became of one statement.
type outcome struct {
	Label    string `json:"label"`
	SQL      string `json:"sql"`
	Accepted bool   `json:"accepted"`
	Row      *struct {
		ID string `json:"id"`
		image
	} `json:"row_after"`
}

// readRecorded reads a file of the recorded rolling upgrade.
func readRecorded(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile("glance/testdata/ocata-rolling/" + name)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// recordedRows reads the images at one point of the recorded upgrade.
func recordedRows(t *testing.T, name string) map[string]string {
	t.Helper()
	var file struct {
		Rows map[string]image `json:"rows"`
	}
	readRecorded(t, name, &file)
	rows := map[string]string{}
	for id, i := range file.Rows {
		rows[id] = i.String()
	}
	return rows
}

// rolling is the recorded upgrade, run by this catalog.
type rolling struct {
	*site
	// kept are the images to which a release gave a visibility between expand
	// and migrate. The real data migration writes over it where it is shared
	// or community; ours does not.
	kept map[string]string
}

// TestRollingUpgrade takes an image service through the change from is_public
// to visibility as it was recorded on MariaDB with the real tool: with writes
// of the old and the new release in every phase. Statement by statement and
// row by row the outcome is the recorded one, on every database, but for the
// rows that only the real data migration writes over.
func TestRollingUpgrade(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		r := &rolling{site: newSite(t, db, true), kept: map[string]string{}}
		r.upTo(t, "mitaka02")
		r.easyBooleans(t)
		r.seed(t)
		r.upTo(t, "wallaby_expand01")
		r.compare(t, "after expand", recordedRows(t, "02-expected-after-expand.json"))
		r.writes(t, "03-expected-write-outcomes.json")
		before := recordedRows(t, "04-expected-before-migrate.json")
		r.compare(t, "before migrate", before)
		after := recordedRows(t, "05-expected-after-migrate.json")
		for id, row := range before {
			if !strings.HasSuffix(row, " NULL") {
				r.kept[id] = row
				after[id] = row
			}
		}
		r.migrate(t, "ocata_migrate01")
		r.compare(t, "after migrate", after)
		r.writes(t, "06-expected-write-outcomes.json")
		r.compare(t, "before contract", r.mend(recordedRows(t, "07-expected-before-contract.json"), recordedRows(t, "05-expected-after-migrate.json")))
		r.upTo(t, "wallaby_contract01")
		r.final(t)
		r.writes(t, "09-expected-write-outcomes.json")
	})
}

// easyBooleans lets PostgreSQL take the recorded statements, which write
// booleans as 0 and 1.
func (r *rolling) easyBooleans(t *testing.T) {
	t.Helper()
	if r.Dialect == flavor.Postgres {
		if _, err := r.Admin().Exec("UPDATE pg_cast SET castcontext = 'a' WHERE castsource = 'int4'::regtype AND casttarget = 'bool'::regtype"); err != nil {
			t.Fatal(err)
		}
	}
}

// seed writes the rows that were there before the upgrade.
func (r *rolling) seed(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile("glance/testdata/ocata-rolling/01-seed-at-mitaka02.sql")
	if err != nil {
		t.Fatal(err)
	}
	statements, err := sqltext.Split(string(text), r.Dialect)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if s.SQL != "" {
			r.mustRun(t, s.SQL)
		}
	}
}

// compare holds all images against what they should be.
func (r *rolling) compare(t *testing.T, when string, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	for _, id := range r.strings(t, "SELECT id FROM images") {
		got[id] = r.look(t, id)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

// mend puts back what only the real data migration wrote over: a row that is
// recorded as that migration left it has what it had before.
func (r *rolling) mend(rows, migrated map[string]string) map[string]string {
	for id, row := range r.kept {
		if rows[id] == migrated[id] {
			rows[id] = row
		}
	}
	return rows
}

// writes runs recorded statements and compares what became of each.
func (r *rolling) writes(t *testing.T, name string) {
	t.Helper()
	var list []outcome
	readRecorded(t, name, &list)
	if len(list) == 0 {
		t.Fatalf("%s holds nothing", name)
	}
	for n, o := range list {
		query, same := r.translate(o)
		if !same {
			continue
		}
		what := fmt.Sprintf("%s, %d, %s", name, n+1, o.Label)
		err := r.run(query)
		if accepted := err == nil; accepted != o.Accepted {
			t.Errorf("%s: accepted %t, recorded %t: %v", what, accepted, o.Accepted, err)
			continue
		}
		if o.Row == nil || strings.HasPrefix(name, "09") {
			continue
		}
		if got, want := r.look(t, o.Row.ID), o.Row.image.String(); got != want {
			t.Errorf("%s: got %s, recorded %s", what, got, want)
		}
	}
}

// translate writes a statement for MariaDB as the site's server has it; false
// if the server has nothing like it.
func (r *rolling) translate(o outcome) (string, bool) {
	query := o.SQL
	if r.Dialect.MySQLFamily() {
		return query, true
	}
	switch {
	case o.Label == "is_public=2" && r.Dialect == flavor.Postgres:
		return "", false // a boolean cannot be 2
	case o.Label == "visibility not one of the four" && !strings.Contains(query, "is_public") && r.Dialect == flavor.SQLite && r.applied.Has("ocata_contract01"):
		return "", false // the column has no check there, as the real tool makes it
	}
	query = strings.Replace(query, "ON DUPLICATE KEY UPDATE", "ON CONFLICT (id) DO UPDATE SET", 1)
	if strings.HasPrefix(query, "REPLACE") && r.Dialect == flavor.Postgres {
		query = "INSERT" + strings.TrimSuffix(strings.TrimPrefix(query, "REPLACE"), ";") + " ON CONFLICT (id) DO UPDATE SET visibility = EXCLUDED.visibility"
	}
	return query, true
}

// final compares what is left after contract: the visibility of each image,
// and that no member is lost.
func (r *rolling) final(t *testing.T) {
	t.Helper()
	var file struct {
		Rows    map[string]image  `json:"rows"`
		Members []json.RawMessage `json:"members"`
	}
	readRecorded(t, "08-expected-final.json", &file)
	want, before := map[string]string{}, recordedRows(t, "05-expected-after-migrate.json")
	for id, i := range file.Rows {
		want[id] = *i.Visibility
		if kept, ok := r.kept[id]; ok && strings.HasSuffix(before[id], " "+want[id]) {
			_, want[id], _ = strings.Cut(kept, " ")
		}
	}
	got := map[string]string{}
	ids, visible := r.strings(t, "SELECT id FROM images ORDER BY id"), r.strings(t, "SELECT visibility FROM images ORDER BY id")
	for n, id := range ids {
		got[id] = visible[n]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after contract (-want +got):\n%s", diff)
	}
	if n := r.strings(t, "SELECT count(*) FROM image_members")[0]; n != fmt.Sprint(len(file.Members)) {
		t.Errorf("there are %s members, recorded %d", n, len(file.Members))
	}
}
