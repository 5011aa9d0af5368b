package draft_test

import (
	"context"
	"errors"
	"flag"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/migrations/catalog"
	"manage/phases"
	"manage/phases/draft"
	"manage/schema"
)

// service puts a catalog on a database.
func service(t testing.TB, c *catalog.Catalog, db enginetest.Database) *phases.Service {
	t.Helper()
	return &phases.Service{Catalog: c, DB: fixtures.DB(t, db.URL)}
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
	for _, name := range []string{"manage_journal", "manage_lease", "manage_backfill", "manage_schema", "manage_version_shop"} {
		delete(s.Tables, name)
	}
	return s
}

// TestDescribedRandomly makes catalogs of random databases: with them the
// database is taken over as it is, another server gets the same tables, and
// nothing is left to derive on either.
func TestDescribedRandomly(t *testing.T) {
	fewer(t, "10")
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		rapid.Check(t, func(rt *rapid.T) {
			m := &models{T: rt}
			for range rapid.IntRange(1, 8).Draw(rt, "changes") {
				m.mutate()
			}
			if len(m.Tables) == 0 {
				return
			}
			own := enginetest.New(t, db.Dialect)
			s := service(t, newShelf(&m.Models).load(rt), own)
			must(rt, shelf{}, s.Sync)
			own.Exec(t, "DROP TABLE manage_version_shop; DROP TABLE manage_journal; DROP TABLE manage_lease")
			found, err := phases.Describe(t.Context(), s.DB)
			if err != nil {
				rt.Fatalf("%v", err)
			}
			files := described(rt, found)
			s.Catalog = files.load(rt)
			r, err := s.Sync(t.Context(), phases.Request{})
			if err != nil || r.Adopted != "initial01" || len(r.Applied) > 0 {
				mismatch := &phases.Mismatch{}
				errors.As(err, &mismatch)
				rt.Fatalf("taken over as %q with %v applied: %v %v\n%s", r.Adopted, r.Applied, err, mismatch.Differences, files)
			}
			clean(rt, s, files)
			other := service(t, s.Catalog, enginetest.New(t, rapid.SampledFrom(enginetest.Dialects()).Draw(rt, "elsewhere")))
			must(rt, files, other.Sync)
			clean(rt, other, files)
		})
	})
}

// described are the files of a catalog that was made of a database.
func described(t fataler, found draft.Description) shelf {
	if len(found.Decide) > 0 || found.Unlike {
		t.Fatalf("it leaves to decide %v", found.Decide)
	}
	start := catalog.Start{Name: "shop", Known: found.Known,
		Up: []byte(catalog.EncodeChanges("up", found.Up)), Models: []byte(catalog.EncodeModels(found.Models))}
	all, err := start.Files()
	if err != nil {
		t.Fatalf("%v", err)
	}
	s := shelf{fstest.MapFS{}}
	for _, f := range all {
		s.put(f.Name, string(f.Content))
	}
	return s
}
