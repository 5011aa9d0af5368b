package phases

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/run"
	"manage/migrations/catalog"
)

// stockTables are a partitioned table, one of whose partitions is partitioned
// itself, with rows in each, and a table that it can refer to.
const stockTables = `CREATE TABLE shops (id integer PRIMARY KEY);
CREATE TABLE stock (id integer NOT NULL, day integer NOT NULL, kind integer NOT NULL, shop integer, note text) PARTITION BY RANGE (day);
CREATE TABLE stock_a PARTITION OF stock FOR VALUES FROM (0) TO (10);
CREATE TABLE stock_b PARTITION OF stock FOR VALUES FROM (10) TO (20) PARTITION BY LIST (kind);
CREATE TABLE stock_b1 PARTITION OF stock_b FOR VALUES IN (1);
CREATE TABLE stock_b2 PARTITION OF stock_b DEFAULT;
INSERT INTO shops VALUES (1), (2);
INSERT INTO stock SELECT n, n % 20, n % 3, 1 + n % 2, 'n' FROM generate_series(1, 300) n;
`

// stockOf is a catalog that makes these tables, then does up while the service
// runs.
func stockOf(t *testing.T, up string) *catalog.Catalog {
	return loaded(t, map[string]string{
		"catalog.toml":                    `name = "stock"`,
		"versions/open01_stock.sql":       "-- revision: open01\n-- branch: trunk\n-- message: stock\n-- +up\n" + stockTables,
		"versions/art_expand01_more.toml": "revision = \"art_expand01\"\nrevises = \"open01\"\nbranch = \"expand\"\nmessage = \"more\"\n" + up,
	})
}

// partitionedUps are the operations that are done partition by partition.
var partitionedUps = map[string]string{
	"index":                  `add_index = { table = "stock", name = "ix_shop", columns = ["shop"] }`,
	"unique index":           `add_index = { table = "stock", name = "ux", columns = ["day", "kind", "id"], unique = true }`,
	"unique":                 `add_unique = { table = "stock", name = "uq", columns = ["id", "day", "kind"] }`,
	"unique, unnamed":        `add_unique = { table = "stock", columns = ["id", "day", "kind"] }`,
	"foreign key":            `add_foreign_key = { table = "stock", name = "fk", columns = ["shop"], ref_table = "shops", ref_columns = ["id"], on_delete = "cascade" }`,
	"foreign key, unnamed":   `add_foreign_key = { table = "stock", columns = ["shop"], ref_table = "shops", ref_columns = ["id"] }`,
	"check":                  `add_check = { table = "stock", name = "ck", expr = "id > 0" }`,
	"not null":               `alter_column = { table = "stock", name = "shop", nullable = false }`,
	"index of one partition": `add_index = { table = "stock_b", name = "ix_shop", columns = ["shop"] }`,
	"reference to it": "add_unique = { table = \"stock\", name = \"uq\", columns = [\"id\", \"day\", \"kind\"] }\n[[up]]\ncreate_table = { name = \"orders\", columns = [ { name = \"i\", type = \"integer\" }, { name = \"d\", type = \"integer\" }, { name = \"k\", type = \"integer\" } ] }\n" +
		"[[up]]\nadd_foreign_key = { table = \"orders\", columns = [\"i\", \"d\", \"k\"], ref_table = \"stock\", ref_columns = [\"id\", \"day\", \"kind\"] }",
	"and dropped": "add_index = { table = \"stock\", name = \"ix_shop\", columns = [\"shop\"] }\n[[up]]\ndrop_index = { table = \"stock\", name = \"ix_shop\" }",
}

// stateOf are the indexes and constraints of all partitions, with what they are
// a part of.
func stateOf(t *testing.T, db enginetest.Database) string {
	t.Helper()
	indexes := db.Strings(t, `SELECT format('%s on %s, valid %s, part of %s', x.indexrelid::regclass, x.indrelid::regclass, x.indisvalid AND x.indisready, coalesce(h.inhparent::regclass::text, '-'))
		FROM pg_index x LEFT JOIN pg_inherits h ON h.inhrelid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid WHERE c.relname LIKE 'stock%' ORDER BY 1`)
	constraints := db.Strings(t, `SELECT format('%s of %s %s, validated %s, inherited %s', k.conname, k.conrelid::regclass, k.contype, k.convalidated, k.conparentid <> 0 OR k.coninhcount > 0)
		FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE c.relname LIKE 'stock%' ORDER BY 1`)
	columns := db.Strings(t, "SELECT format('%s.%s %s', attrelid::regclass, attname, attnotnull) FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE c.relname LIKE 'stock%' AND c.relkind IN ('r', 'p') AND attnum > 0 ORDER BY 1")
	return strings.Join(slices.Concat(indexes, constraints, columns), "\n")
}

// shapes is a state without the names of the partitions' own indexes: where
// nothing was begun, the server chooses them for a run that does not run online.
func shapes(state string) string {
	lines := strings.Split(partIndex.ReplaceAllString(state, "$1 index"), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

var partIndex = regexp.MustCompile(`(stock_(?:a|b|b1|b2))_\w+`)

// TestPartitionedTables: online work on a partitioned table blocks nobody for
// as long as it goes through rows, is gone on with after a death at any
// statement, by the same command or by one that does not run online, and ends
// as an undisturbed run does, with nothing that is not valid.
func TestPartitionedTables(t *testing.T) {
	death := errors.New("the process dies here")
	for name, up := range partitionedUps {
		t.Run(name, func(t *testing.T) {
			begun := func() (*Service, enginetest.Database) {
				db := enginetest.New(t, flavor.Postgres)
				s := service(t, stockOf(t, "[[up]]\n"+up), db)
				must(t, s, "upgrade", "open01")
				return s, db
			}
			s, db := begun()
			p, err := s.Plan(context.Background(), "expand", Request{})
			if err != nil {
				t.Fatal(err)
			}
			for _, st := range p.Steps[0].Statements {
				if st.Blocks != plan.BlocksNone {
					t.Errorf("%s blocks %q", st.SQL, st.Blocks)
				}
			}
			var points []run.Point
			s.Faults = faults(func(p run.Point) error { points = append(points, p); return nil })
			must(t, s, "expand", "")
			want := stateOf(t, db)
			if strings.Contains(want, "valid f") || strings.Contains(want, "validated f") {
				t.Errorf("not all of it is valid:\n%s", want)
			}
			v, err := s.Verify(context.Background())
			if err != nil || len(v.Differences) > 0 {
				t.Errorf("verify finds %v, %v", v.Differences, err)
			}
			for _, again := range []string{"expand", "sync"} {
				for i, point := range points {
					if point.Place != run.AfterStatement || again == "sync" && i%3 != 0 {
						continue // package run tries each
					}
					s, db := begun()
					seen := 0
					s.Faults = faults(func(run.Point) error {
						if seen++; seen == i+1 {
							return death
						}
						return nil
					})
					if _, err := command(s, "expand", ""); !errors.Is(err, death) {
						t.Fatalf("at %s: %v", point, err)
					}
					s.Faults = nil
					must(t, s, again, "")
					if got := stateOf(t, db); shapes(got) != shapes(want) {
						t.Fatalf("%s after %s:\n%s\nwant\n%s", again, point, got, want)
					}
				}
			}
		})
	}
}

// TestPartitionsThatComeAndGo: a partition that is made, or dropped, between an
// interrupted run and the next does not leave the index in pieces.
func TestPartitionsThatComeAndGo(t *testing.T) {
	for _, change := range []string{
		"CREATE TABLE stock_c PARTITION OF stock FOR VALUES FROM (20) TO (30)",
		"DROP TABLE stock_a", "DROP TABLE stock_b1", "ALTER TABLE stock DETACH PARTITION stock_b",
		"CREATE TABLE stock_0 (LIKE stock); ALTER TABLE stock ATTACH PARTITION stock_0 FOR VALUES FROM (-9) TO (0)",
	} {
		for _, name := range []string{"index", "unique", "foreign key"} {
			death := errors.New("the process dies here")
			for stop := 1; ; stop += 2 {
				db := enginetest.New(t, flavor.Postgres)
				s := service(t, stockOf(t, "[[up]]\n"+partitionedUps[name]), db)
				must(t, s, "upgrade", "open01")
				seen := 0
				s.Faults = faults(func(p run.Point) error {
					if p.Place == run.AfterStatement {
						if seen++; seen == stop {
							return death
						}
					}
					return nil
				})
				_, err := command(s, "expand", "")
				if !errors.Is(err, death) {
					break
				}
				s.Faults = nil
				db.Exec(t, change)
				if _, err := command(s, "expand", ""); err != nil {
					t.Fatalf("%s, %s after %d: %v", name, change, stop, err)
				}
				if left := db.Strings(t, `SELECT x.indexrelid::regclass::text FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid WHERE c.relname LIKE 'stock%' AND NOT x.indisvalid
					UNION ALL SELECT conname FROM pg_constraint WHERE NOT convalidated`); len(left) > 0 && !strings.Contains(change, "DETACH") {
					t.Fatalf("%s, %s after %d: %v is not valid", name, change, stop, left)
				}
			}
		}
	}
}

// TestFailedPartition: rows that are in the way in the last partition stop the
// work there, and what is done stays for the next run.
func TestFailedPartition(t *testing.T) {
	for _, name := range []string{"unique", "unique index"} {
		db := enginetest.New(t, flavor.Postgres)
		s := service(t, stockOf(t, "[[up]]\n"+partitionedUps[name]), db)
		must(t, s, "upgrade", "open01")
		db.Exec(t, "INSERT INTO stock SELECT * FROM stock WHERE id = 11")
		for range 2 {
			var failed *run.StepFailed
			if _, err := command(s, "expand", ""); !errors.As(err, &failed) || len(failed.Dropped) != 1 {
				t.Fatalf("%s: %v, dropped %v", name, err, failed)
			}
		}
		db.Exec(t, "DELETE FROM stock WHERE id = 11")
		must(t, s, "expand", "")
		if got := stateOf(t, db); strings.Contains(got, "valid f") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// impossible are operations that PostgreSQL refuses on a partitioned table
// whatever is done, with what is said of them before anything is run.
var impossible = []struct{ up, want string }{
	{`add_unique = { table = "stock", name = "uq", columns = ["id"] }`, "art_expand01: table stock is partitioned by day, which a unique constraint must contain; (id) does not"},
	{`add_unique = { table = "stock", name = "uq", columns = ["id", "day"] }`, "art_expand01: table stock_b is partitioned by kind, which a unique constraint must contain; (id, day) does not"},
	{`add_index = { table = "stock", name = "ux", columns = ["id"], unique = true }`, "art_expand01: table stock is partitioned by day"},
	{`add_unique = { table = "halves", name = "uq", columns = ["id"] }`, "art_expand01: table halves is partitioned by an expression"},
	{"sql = { text = \"CREATE INDEX CONCURRENTLY i ON stock (shop)\" }", "art_expand01: PostgreSQL builds no index of the partitioned table stock CONCURRENTLY"},
	{"sql = { text = \"ALTER TABLE stock ADD CONSTRAINT f FOREIGN KEY (shop) REFERENCES shops (id) NOT VALID\" }", "art_expand01: before release 18 PostgreSQL adds no foreign key NOT VALID to the partitioned table stock"},
}

// TestImpossibleOnPartitions: what cannot be is refused before anything.
func TestImpossibleOnPartitions(t *testing.T) {
	for _, c := range impossible {
		for _, again := range []string{"expand", "sync"} {
			if again == "sync" && strings.Contains(c.up, "NOT VALID") {
				continue
			}
			db := enginetest.New(t, flavor.Postgres)
			s := service(t, stockOf(t, "[[up]]\ncreate_table = { name = \"first\", columns = [ { name = \"id\", type = \"integer\" } ] }\n[[up]]\n"+c.up), db)
			must(t, s, "upgrade", "open01")
			db.Exec(t, "CREATE TABLE halves (id integer NOT NULL) PARTITION BY RANGE ((id / 2))")
			_, err := command(s, again, "")
			var never *NotPossible
			if !errors.As(err, &never) || !strings.HasPrefix(never.Error(), c.want) || never.Source.Line != 7 {
				t.Errorf("%s of %s: %v", again, c.up, err)
			}
			if n := db.Strings(t, "SELECT count(*)::text FROM pg_class WHERE relname = 'first'")[0]; n != "0" {
				t.Errorf("%s of %s was begun", again, c.up)
			}
		}
	}
}

// TestPartitionsElsewhere: where the partitions cannot be changed one by one,
// the plain form is refused unless blocking is allowed.
func TestPartitionsElsewhere(t *testing.T) {
	for _, elsewhere := range []string{
		"CREATE SCHEMA far; CREATE TABLE far.stock_c PARTITION OF stock FOR VALUES FROM (20) TO (30)",
	} {
		for _, name := range []string{"index", "unique", "foreign key"} {
			db := enginetest.New(t, flavor.Postgres)
			s := service(t, stockOf(t, "[[up]]\n"+partitionedUps[name]), db)
			must(t, s, "upgrade", "open01")
			db.Exec(t, elsewhere)
			_, err := command(s, "expand", "")
			var blocking *Blocking
			if !errors.As(err, &blocking) || !strings.Contains(blocking.Statement.Instead, "its partition stock_c is in another schema") {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := s.Expand(context.Background(), Request{AllowBlocking: true}); err != nil {
				t.Errorf("%s, allowed: %v", name, err)
			}
			if got := stateOf(t, db); strings.Contains(got, "valid f") {
				t.Errorf("%s: %s", name, got)
			}
		}
	}
}

// TestHalfDetached: a DETACH PARTITION CONCURRENTLY that did not come to its end
// is completed by the next run, and check names one that nobody completes.
func TestHalfDetached(t *testing.T) {
	db := enginetest.New(t, flavor.Postgres)
	s := service(t, loaded(t, map[string]string{
		"catalog.toml":              `name = "stock"`,
		"versions/open01_stock.sql": "-- revision: open01\n-- message: stock\n-- +up\n" + stockTables,
		"versions/open02_less.sql":  "-- revision: open02\n-- revises: open01\n-- message: less\n-- +up no-transaction\nALTER TABLE stock DETACH PARTITION stock_a CONCURRENTLY;\n",
	}), db)
	must(t, s, "upgrade", "open01")
	halfDetach(t, db)
	p, err := s.Plan(context.Background(), "upgrade", Request{})
	if err != nil || !strings.Contains(fmt.Sprint(p.Steps[0].Statements[0].SQL), "FINALIZE") {
		t.Errorf("the plan is %v, %v", p.Steps, err)
	}
	must(t, s, "upgrade", "")
	if n := db.Strings(t, "SELECT count(*)::text FROM pg_inherits WHERE inhrelid = 'stock_a'::regclass")[0]; n != "0" {
		t.Error("it is not detached")
	}
}

// halfDetach begins to detach stock_a while another transaction reads the
// table, and gives up.
func halfDetach(t *testing.T, db enginetest.Database) {
	t.Helper()
	ctx := context.Background()
	reader, err := db.SQL().Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for _, sql := range []string{"BEGIN", "SELECT count(*) FROM stock"} {
		if _, err := reader.ExecContext(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	other, err := db.SQL().Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.ExecContext(ctx, "SET statement_timeout = '500ms'"); err != nil {
		t.Fatal(err)
	}
	if _, err := other.ExecContext(ctx, "ALTER TABLE stock DETACH PARTITION stock_a CONCURRENTLY"); err == nil {
		t.Fatal("it was detached beside a reader")
	}
	_, _ = reader.ExecContext(ctx, "ROLLBACK")
	if n := db.Strings(t, "SELECT count(*)::text FROM pg_inherits WHERE inhdetachpending")[0]; n != "1" {
		t.Fatal("nothing is pending")
	}
}
