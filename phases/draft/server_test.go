package draft_test

import (
	"context"
	"flag"
	"testing"

	"pgregory.net/rapid"

	"manage/engine/catalog"
	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/phases"
	"manage/schema"
)

// service puts a catalog on a database.
func service(t testing.TB, c *catalog.Catalog, db enginetest.Database) *phases.Service {
	t.Helper()
	u, err := database.ParseURL(db.URL)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := database.Open(context.Background(), u, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	return &phases.Service{Catalog: c, DB: opened}
}

// inspected is the schema of a database.
func inspected(t testing.TB, s *phases.Service) *schema.Schema {
	t.Helper()
	sess, err := s.DB.Reader(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer sess.Close()
	live, err := schema.Inspect(context.Background(), sess, s.DB.Flavor(), s.DB.Schema())
	if err != nil {
		t.Fatal(err)
	}
	return live
}

// fewer bounds the cases of a test: each takes a database of its own.
func fewer(t *testing.T, checks string) {
	flags := flag.Lookup("rapid.checks")
	before := flags.Value.String()
	if before != "100" {
		return // asked for
	}
	if err := flag.Set("rapid.checks", checks); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { flag.Set("rapid.checks", before) })
}

// TestDerivedRevisionsRun takes random changes of models through a server:
// what is derived is applied as it is, then nothing is left to derive; going
// back leads to the schema of before, and forth again as well.
func TestDerivedRevisionsRun(t *testing.T) {
	fewer(t, "15")
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		rapid.Check(t, func(rt *rapid.T) {
			m := &models{T: rt}
			for range rapid.IntRange(1, 8).Draw(rt, "to begin with") {
				m.mutate()
			}
			if len(m.Tables) == 0 {
				return
			}
			files := newShelf(&m.Models)
			s := service(t, files.load(rt), enginetest.New(t, db.Dialect))
			must(rt, files, s.Sync)
			before := withoutBooks(inspected(t, s))
			for range rapid.IntRange(1, 6).Draw(rt, "changes") {
				m.mutate()
			}
			files.models(&m.Models)
			s.Catalog = files.load(rt)
			d, err := s.Autogenerate(t.Context())
			if err != nil {
				rt.Fatalf("%v\n%s", err, files)
			}
			if len(d.Parts) == 0 || len(d.ByHand) > 0 {
				return
			}
			files.add(rt, d)
			s.Catalog = files.load(rt)
			must(rt, files, s.Upgrade)
			clean(rt, s, files)
			if _, err := s.Downgrade(t.Context(), phases.Request{Version: "r1"}); err != nil {
				rt.Fatalf("downgrade: %v\n%s", err, files)
			}
			if diff := schema.Compare(before, withoutBooks(inspected(t, s)), plain()); len(diff) > 0 {
				rt.Fatalf("back, %v\n%s", diff, files)
			}
			must(rt, files, s.Upgrade)
			clean(rt, s, files)
		})
	})
}

// must runs a command.
func must(t *rapid.T, files shelf, command func(context.Context, phases.Request) (phases.Result, error)) {
	if _, err := command(context.Background(), phases.Request{}); err != nil {
		t.Fatalf("%v\n%s", err, files)
	}
}

// clean checks that nothing is left to derive.
func clean(t *rapid.T, s *phases.Service, files shelf) {
	d, err := s.Autogenerate(context.Background())
	if err != nil || !d.Empty() || len(d.LeftAlone) > 0 {
		t.Fatalf("derived again: %+v, %v\n%s", d, err, files)
	}
}

func withoutBooks(s *schema.Schema) *schema.Schema {
	for _, name := range []string{"manage_journal", "manage_lease", "manage_backfill", "manage_version_shop"} {
		delete(s.Tables, name)
	}
	return s
}
