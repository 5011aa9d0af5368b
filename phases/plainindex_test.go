package phases

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/run"
	"manage/migrations/catalog"
)

// indexCatalog makes goods with two rows alike, then does up.
func indexCatalog(t *testing.T, up string) *catalog.Catalog {
	return loaded(t, map[string]string{
		"catalog.toml":        `name = "indexed"`,
		"versions/a01_go.sql": "-- revision: a01\n-- message: goods\n-- +up\nCREATE TABLE goods (id integer PRIMARY KEY, code integer);\nINSERT INTO goods VALUES (1, 7), (2, 7);\n",
		"versions/a02_up.sql": "-- revision: a02\n-- revises: a01\n-- message: index\n-- +up no-transaction\n" + up,
	})
}

// invalid are the indexes that PostgreSQL keeps and does not use.
func invalid(t *testing.T, db enginetest.Database) string {
	t.Helper()
	return strings.Join(db.Strings(t, "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT (indisvalid AND indisready) ORDER BY 1"), " ")
}

// TestInvalidIndexIsNotThere: what a build of an index left that failed, or that
// somebody else began, is dropped and built again, by each run, whatever the
// words of the statement.
func TestInvalidIndexIsNotThere(t *testing.T) {
	for _, up := range []string{
		"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS u ON goods (code);",
		"CREATE UNIQUE INDEX CONCURRENTLY u ON goods (code);",
		"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"u\" ON public.goods (code);",
		"DROP INDEX IF EXISTS u; CREATE UNIQUE INDEX CONCURRENTLY u ON goods (code);",
		"CREATE UNIQUE INDEX IF NOT EXISTS u ON goods (code);",
		"CREATE UNIQUE INDEX CONCURRENTLY ON goods (code);",
		"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS u ON goods (code); ALTER TABLE goods ADD CONSTRAINT u UNIQUE USING INDEX u;",
	} {
		t.Run(up, func(t *testing.T) {
			db := enginetest.New(t, flavor.Postgres)
			s := service(t, indexCatalog(t, up+"\n"), db)
			must(t, s, "upgrade", "a01")
			if !strings.Contains(up, "CONCURRENTLY ON") {
				_, _ = db.SQL().Exec("CREATE UNIQUE INDEX CONCURRENTLY u ON goods (code)") // somebody else's, which fails
			}
			for range 2 {
				var failed *run.StepFailed
				if _, err := command(s, "upgrade", ""); !errors.As(err, &failed) {
					t.Fatalf("duplicates: %v", err)
				}
				concurrently := strings.Contains(up, "CONCURRENTLY")
				if named := !strings.Contains(up, "CONCURRENTLY ON"); concurrently && named && (len(failed.Dropped) != 1 || failed.Dropped[0] != "u" || invalid(t, db) != "") {
					t.Errorf("dropped %q, left %q, there are %q", failed.Dropped, failed.Left, invalid(t, db))
				}
			}
			db.Exec(t, "UPDATE goods SET code = id")
			must(t, s, "upgrade", "")
			if left := invalid(t, db); left != "" {
				t.Errorf("%s is not valid", left)
			}
			if n := db.Strings(t, "SELECT count(*)::text FROM pg_index WHERE indrelid = 'goods'::regclass")[0]; n != "2" {
				t.Errorf("there are %s indexes", n)
			}
			if _, err := db.SQL().Exec("INSERT INTO goods VALUES (3, 1)"); err == nil {
				t.Error("there is no unique index")
			}
		})
	}
}

// TestLeftoversOfReindex: what a REINDEX CONCURRENTLY left is dropped before
// the next one.
func TestLeftoversOfReindex(t *testing.T) {
	for _, up := range []string{"REINDEX INDEX CONCURRENTLY u;", "REINDEX TABLE CONCURRENTLY goods;", "REINDEX (VERBOSE) INDEX CONCURRENTLY \"u\";"} {
		db := enginetest.New(t, flavor.Postgres)
		s := service(t, indexCatalog(t, up+"\n"), db)
		must(t, s, "upgrade", "a01")
		_, _ = db.SQL().Exec("CREATE UNIQUE INDEX CONCURRENTLY u_ccnew ON goods (code)") // as one that fails leaves it
		db.Exec(t, "UPDATE goods SET code = id")
		db.Exec(t, "CREATE UNIQUE INDEX u ON goods (code)")
		if invalid(t, db) != "u_ccnew" {
			t.Fatal("nothing was left")
		}
		must(t, s, "upgrade", "")
		if left := invalid(t, db); left != "" {
			t.Errorf("%s: %s is left", up, left)
		}
	}
}

// TestFailedReindex: a REINDEX CONCURRENTLY over duplicates leaves nothing.
func TestFailedReindex(t *testing.T) {
	db := enginetest.New(t, flavor.Postgres)
	s := service(t, indexCatalog(t, "REINDEX INDEX CONCURRENTLY u;\n"), db)
	must(t, s, "upgrade", "a01")
	db.Exec(t, "UPDATE goods SET code = id")
	db.Exec(t, "CREATE UNIQUE INDEX u ON goods (code)")
	db.Exec(t, "UPDATE pg_index SET indisready = false, indisvalid = false WHERE indexrelid = 'u'::regclass") // so that rows go past it
	db.Exec(t, "UPDATE goods SET code = 7")
	for range 2 {
		var failed *run.StepFailed
		if _, err := command(s, "upgrade", ""); !errors.As(err, &failed) || fmt.Sprint(failed.Dropped) != "[u_ccnew]" {
			t.Errorf("%v, dropped %q", err, failed.Dropped)
		}
	}
	if left := invalid(t, db); left != "u" {
		t.Errorf("%s is left", left)
	}
}

// TestConstraintOfInvalidIndex: no constraint is made of an index that is not
// valid, and that is found before anything.
func TestConstraintOfInvalidIndex(t *testing.T) {
	db := enginetest.New(t, flavor.Postgres)
	s := service(t, indexCatalog(t, "CREATE TABLE first (id integer);\nALTER TABLE goods ADD CONSTRAINT c UNIQUE USING INDEX u;\n"), db)
	must(t, s, "upgrade", "a01")
	_, _ = db.SQL().Exec("CREATE UNIQUE INDEX CONCURRENTLY u ON goods (code)")
	_, err := command(s, "upgrade", "")
	var never *NotPossible
	if !errors.As(err, &never) || !strings.Contains(never.Error(), "a02: the index u of table goods is not valid") {
		t.Errorf("%v", err)
	}
	if _, err := s.Plan(context.Background(), "upgrade", Request{}); !errors.As(err, &never) {
		t.Errorf("plan: %v", err)
	}
	if n := db.Strings(t, "SELECT count(*)::text FROM pg_class WHERE relname = 'first'")[0]; n != "0" {
		t.Error("the revision was begun")
	}
}

// unsoundCases are objects that the server keeps and that do not do their work,
// though a revision that is recorded made them.
var unsoundCases = []struct {
	dialect  flavor.Dialect
	up       string   // of the revision
	breaking []string // what became of them later
	want     string   // "" if it is as the revision wants it
	cure     string
}{
	{flavor.Postgres, "CREATE UNIQUE INDEX u ON goods (id, code);", []string{"UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'u'::regclass"},
		"the index u of goods, which a02 made, is not valid, so that queries do not use it", `REINDEX INDEX CONCURRENTLY "u"`},
	{flavor.Postgres, "CREATE INDEX u ON goods (code);", []string{"UPDATE pg_index SET indisready = false WHERE indexrelid = 'u'::regclass"},
		"the index u of goods, which a02 made, is not valid, so that queries do not use it", `REINDEX INDEX CONCURRENTLY "u"`},
	{flavor.Postgres, "CREATE TABLE p (a integer) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE INDEX i ON ONLY p (a);", nil,
		"the index i of p, which a02 made, is not valid, as a partition lacks it", `ALTER INDEX "i" ATTACH PARTITION …`},
	{flavor.Postgres, "ALTER TABLE goods ADD CONSTRAINT c CHECK (id > 0) NOT VALID; ALTER TABLE goods VALIDATE CONSTRAINT c;", []string{"UPDATE pg_constraint SET convalidated = false WHERE conname = 'c'"},
		"the check c of goods, which a02 made, is not validated", `ALTER TABLE "goods" VALIDATE CONSTRAINT "c"`},
	{flavor.Postgres, "ALTER TABLE goods ADD CONSTRAINT c CHECK (id > 0) NOT VALID;", nil, "", ""},
	{flavor.Postgres, "SELECT 1;", []string{"CREATE INDEX mine ON goods (code)", "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'mine'::regclass"}, "", ""},
	{flavor.MySQL, "ALTER TABLE goods ADD CONSTRAINT c CHECK (id > 0) NOT ENFORCED;", nil, "", ""},
}

// TestUnsoundObjects: check and verify name what the server keeps and does not
// use, whoever made it so.
func TestUnsoundObjects(t *testing.T) {
	for _, c := range unsoundCases {
		if c.dialect == flavor.MySQL && !slices.Contains(enginetest.Dialects(), flavor.MySQL) {
			continue
		}
		t.Run(c.up, func(t *testing.T) {
			db := enginetest.New(t, c.dialect)
			s := service(t, indexCatalog(t, strings.ReplaceAll(c.up, "; ", ";\n")+"\n"), db)
			must(t, s, "upgrade", "")
			for _, sql := range c.breaking {
				db.Exec(t, sql)
			}
			r, err := s.Status(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			exit := 0
			if c.want != "" {
				exit = 6
			}
			if r.Exit != exit || len(r.Problems) != exit/6 || exit > 0 && (r.Problems[0].Message != c.want || r.Problems[0].Cure != c.cure) {
				t.Errorf("check ends with %d, %+v", r.Exit, r.Problems)
			}
			v, err := s.Verify(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			found := slices.ContainsFunc(v.Differences, func(f Finding) bool {
				return f.Have != "" && (strings.HasSuffix(c.want, f.Have) || strings.HasSuffix(f.Have, " invalid"))
			})
			if c.want != "" && !found {
				t.Errorf("verify finds %v", v.Differences)
			}
		})
	}
}
