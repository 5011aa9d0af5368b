package phases

import (
	"errors"
	"flag"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"manage/engine/enginetest"
	"manage/engine/revision"
)

// expected are the errors that a command may end with on a sound database:
// that it is not its turn, or that the word names another branch.
func expected(err error) bool {
	var refused *Refused
	var branch *revision.WrongBranch
	var beyond *revision.OutOfRange
	return err == nil || errors.As(err, &refused) || errors.As(err, &branch) || errors.As(err, &beyond)
}

// fewer bounds the walks of a test: each takes a database of its own.
func fewer(t *testing.T, checks string) {
	before := flag.Lookup("rapid.checks").Value.String()
	if err := flag.Set("rapid.checks", checks); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { flag.Set("rapid.checks", before) })
}

// TestWalks runs commands in any order, with any version, while both releases
// write, and then syncs: version, schema and rows are always the same.
func TestWalks(t *testing.T) {
	commands := []string{"sync", "upgrade", "expand", "migrate", "contract"}
	versions := []string{"", "austin", "bexar", "open01", "austin_expand01", "bexar_expand01", "bexar_contract01", "austin_migrate01", "+1", "head"}
	fewer(t, "12")
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		want := reference(t, db)
		rapid.Check(t, func(rt *rapid.T) {
			fresh := enginetest.New(t, db.Dialect)
			s := service(t, inn(t), fresh)
			must(t, s, "sync", "open01")
			fresh.Exec(t, no(fresh, oldGuest))
			fresh.Exec(t, "INSERT INTO rooms (name, guest_id) VALUES ('12', 1)")
			for range rapid.IntRange(0, 6).Draw(rt, "length") {
				name, version := rapid.SampledFrom(commands).Draw(rt, "command"), rapid.SampledFrom(versions).Draw(rt, "version")
				r, err := command(s, name, version)
				if !expected(err) {
					rt.Fatalf("%s %s: %v", name, version, err)
				}
				rows := s.Catalog.Graph.Rows(r.After.Applied)
				if strings.Join(rows, " ") != strings.Join(r.After.Rows, " ") {
					rt.Fatalf("%s %s leaves the rows %v where Alembic has %v", name, version, r.After.Rows, rows)
				}
			}
			must(t, s, "sync", "")
			at(t, s, revision.Current, "bexar_contract02")
			if diff := enginetest.CompareSnapshots(want, tablesOf(t, fresh)); diff != "" {
				rt.Fatalf("the schema differs (-sync +this walk):\n%s", diff)
			}
			if got := fresh.Strings(t, "SELECT full_name FROM guests UNION ALL SELECT night FROM stays"); strings.Join(got, " ") != "old 2016-01-01" {
				rt.Fatalf("guests and stays are %v", got)
			}
		})
	})
}
