package phases

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/run"
	"manage/migrations/catalog"
	"manage/phases/backfill"
	"manage/phases/backfill/compare"
)

// manyGoods is a service that is ready to contract 4000 rows.
func manyGoods(t *testing.T, db enginetest.Database) *Service {
	t.Helper()
	s := service(t, priced(t, inCents, noPrice), db)
	must(t, s, "upgrade", "open01")
	var rows []string
	for i := range 4000 {
		rows = append(rows, fmt.Sprintf("(%d, '%d')", i, i))
	}
	db.Exec(t, "INSERT INTO goods (id, price) VALUES "+strings.Join(rows, ", "))
	must(t, s, "expand", "")
	must(t, s, "migrate", "")
	return s
}

// TestComparisonWaitsForLocks: a query that does not get its lock is made again.
func TestComparisonWaitsForLocks(t *testing.T) {
	lock := map[flavor.Dialect]string{flavor.SQLite: "BEGIN EXCLUSIVE", flavor.Postgres: "LOCK TABLE goods IN ACCESS EXCLUSIVE MODE"}
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := manyGoods(t, db)
		s.Run.LockTimeout = time.Second
		other, err := db.SQL().Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		do := func(statement string) {
			if _, err := other.ExecContext(context.Background(), statement); err != nil {
				t.Errorf("%s: %v", statement, err)
			}
		}
		waited, compared, locked := 0, int64(0), false
		s.Events = func(e any) {
			switch e := e.(type) {
			case compare.Compared:
				compared = e.Rows
				if locked || e.Done {
					return
				}
				locked = true
				switch db.Dialect {
				case flavor.Postgres:
					do("BEGIN")
					do(lock[db.Dialect])
				case flavor.SQLite:
					do(lock[db.Dialect])
				default:
					do("LOCK TABLES goods WRITE")
				}
			case run.Retrying:
				if waited++; waited > 1 {
					return
				}
				if db.Dialect.MySQLFamily() {
					do("UNLOCK TABLES")
				} else {
					do("COMMIT")
				}
			}
		}
		must(t, s, "contract", "")
		if waited == 0 || compared != 4000 {
			t.Errorf("waited %d times, compared %d rows", waited, compared)
		}
	})
}

// TestComparisonBeginsBehindLocks: what is looked up before the first range of
// keys is looked up again, too, where a lock is in the way.
func TestComparisonBeginsBehindLocks(t *testing.T) {
	lock := map[flavor.Dialect]string{flavor.SQLite: "BEGIN EXCLUSIVE", flavor.Postgres: "LOCK TABLE goods, manage_backfill IN ACCESS EXCLUSIVE MODE"}
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := manyGoods(t, db)
		s.Run.LockTimeout = time.Second
		p, err := s.Plan(t.Context(), "contract", Request{})
		if err != nil {
			t.Fatal(err)
		}
		held, err := s.runner(&Result{}).Acquire(t.Context(), "contract")
		if err != nil {
			t.Fatal(err)
		}
		defer held.Release(t.Context())
		other, err := db.SQL().Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		do := func(statements ...string) {
			for _, statement := range statements {
				if _, err := other.ExecContext(context.Background(), statement); err != nil {
					t.Errorf("%s: %v", statement, err)
				}
			}
		}
		end := "COMMIT"
		switch db.Dialect {
		case flavor.SQLite:
			do(lock[db.Dialect])
		case flavor.Postgres:
			do("BEGIN", lock[db.Dialect])
		default:
			do("LOCK TABLES goods WRITE, manage_backfill WRITE")
			end = "UNLOCK TABLES"
		}
		waited := 0
		s.Events = func(e any) {
			if _, ok := e.(run.Retrying); ok {
				if waited++; waited == 1 {
					do(end)
				}
			}
		}
		result := &Result{}
		if _, err := s.agree(t.Context(), held, p, result); err != nil || waited == 0 {
			t.Fatalf("waited %d times, %v", waited, err)
		}
		if len(result.Compared) != 1 || result.Compared[0].Rows != 4000 {
			t.Errorf("compared %+v", result.Compared)
		}
	})
}

// TestComparisonRests: between two ranges of keys, others have as long as they
// are to have, and behind the last range nobody waits.
func TestComparisonRests(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := manyGoods(t, db)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		s.Batches.Pause = time.Hour
		ranges := 0
		s.Events = func(e any) {
			if c, ok := e.(compare.Compared); ok && !c.Done {
				ranges++
				cancel() // else it would rest for an hour
			}
		}
		var stopped *run.Interrupted
		if _, err := s.Contract(ctx, Request{}); !errors.As(err, &stopped) || ranges != 1 {
			t.Fatalf("%d ranges, %v", ranges, err)
		}
	})
}

// brake is a throttle that has a reason from the second question on.
type brake struct {
	asked int
	let   int // questions to answer with nothing
}

func (b *brake) Reason(context.Context) (string, error) {
	if b.asked++; b.asked <= b.let {
		return "", nil
	}
	return "the load is high", nil
}

// TestComparisonStops: a comparison pauses where data migrations do, stops at a
// limit, shows in status, and goes on where it was.
func TestComparisonStops(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := manyGoods(t, db)
		s.Batches.MaxTime, s.Batches.MaxRows, s.Batches.Throttle = 2*time.Second, 1, &brake{let: 1}
		paused := ""
		s.Events = func(e any) {
			if p, ok := e.(backfill.Paused); ok && p.Reason != "" {
				paused = p.Migration + ": " + p.Reason
				r, err := s.FullStatus(context.Background())
				if err != nil || len(r.Comparisons) != 1 || r.Comparisons[0].State != "running" || r.Comparisons[0].Rows == 0 || r.Comparisons[0].Estimate < 1000 {
					t.Errorf("status during the pause: %+v, %v", r.Comparisons, err)
				}
				for _, m := range r.Migrations {
					if compare.Named(m.ID) {
						t.Errorf("status takes %s for a data migration", m.ID)
					}
				}
			}
		}
		var halted *backfill.Halted
		if err := contract(s, ""); !errors.As(err, &halted) || !halted.Read || !strings.Contains(err.Error(), "this run read 1000 rows") {
			t.Fatalf("got %v", err)
		}
		if !strings.HasPrefix(paused, "Comparing goods.cents") || !strings.HasSuffix(paused, ": the load is high") {
			t.Errorf("paused: %q", paused)
		}
		r, err := s.FullStatus(context.Background())
		if err != nil || len(r.Comparisons) != 1 || r.Comparisons[0].State != "interrupted" {
			t.Errorf("status behind the limit: %+v, %v", r.Comparisons, err)
		}
		s.Batches.MaxTime, s.Batches.Throttle = 0, nil
		first := int64(0)
		s.Events = func(e any) {
			if c, ok := e.(compare.Compared); ok && first == 0 {
				first = c.Rows
			}
		}
		must(t, s, "contract", "")
		if first <= 1000 {
			t.Errorf("the second run began with %d rows", first)
		}
		if r, err = s.FullStatus(context.Background()); err != nil || len(r.Comparisons) != 0 {
			t.Errorf("status in the end: %+v, %v", r.Comparisons, err)
		}
	})
}

// TestComparisonIsInterrupted: it ends between two batches, with its position.
func TestComparisonIsInterrupted(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := manyGoods(t, db)
		ctx, cancel := context.WithCancel(context.Background())
		s.Events = func(e any) {
			if _, ok := e.(compare.Compared); ok {
				cancel()
			}
		}
		_, err := s.Contract(ctx, Request{})
		var stopped *run.Interrupted
		if !errors.As(err, &stopped) || !stopped.Began {
			t.Fatalf("got %v", err)
		}
		open := 0
		for _, p := range progressOf(t, s) {
			if compare.Named(p.Migration) && p.Finished == nil && p.Rows > 0 {
				open++
			}
		}
		if open != 1 {
			t.Errorf("%d positions are left", open)
		}
		s.Events = nil
		must(t, s, "contract", "")
	})
}

// TestComparedByAnyKey: rows are found again by keys of every type.
func TestComparedByAnyKey(t *testing.T) {
	keys := map[string]struct{ typ, value, last string }{ // of the n-th row in SQL, and how the last key shows
		"bytes":   {"binary(8)", "X'%016x'", fmt.Sprintf("%016x", 1999)},
		"uuid":    {"uuid", "'00000000-0000-0000-0000-%012x'", fmt.Sprintf("00000000-0000-0000-0000-%012x", 1999)},
		"exact":   {"numeric(12,2)", "%d.25", "1999.25"},
		"moment":  {"datetime", "", "2026-01-01 00:33:19"},
		"text":    {"string(36)", "'k%06d'", "k001999"},
		"inexact": {"double", "%d.5", "1999.5"},
	}
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		for name, k := range keys {
			if name == "bytes" && db.Dialect.MySQLFamily() {
				continue // binary is BLOB there, which is no key
			}
			t.Run(name, func(t *testing.T) {
				db := enginetest.New(t, db.Dialect)
				last := k.last
				if name == "uuid" && db.Dialect == flavor.MySQL {
					last = strings.ReplaceAll(last, "-", "") // a column of 32 characters
				}
				s := service(t, keyed(t, k.typ), db)
				must(t, s, "upgrade", "open01")
				var rows []string
				for i := range 2000 {
					v := fmt.Sprintf("'2026-01-01 %02d:%02d:%02d'", i/3600, i/60%60, i%60)
					if name != "moment" {
						v = fmt.Sprintf(k.value, i)
					}
					if name == "uuid" && db.Dialect == flavor.MySQL {
						v = strings.ReplaceAll(v, "-", "")
					}
					if name == "bytes" && db.Dialect == flavor.Postgres {
						v = fmt.Sprintf(`'\x%016x'`, i)
					}
					rows = append(rows, fmt.Sprintf("(%s, %d)", v, i))
				}
				db.Exec(t, "INSERT INTO things (id, old) VALUES "+strings.Join(rows, ", "))
				must(t, s, "expand", "")
				must(t, s, "migrate", "")
				db.Exec(t, "UPDATE things SET new = 7 WHERE old = 1999")
				e := differs(t, contract(s, ""))
				if e.Rows != 1 || e.Compared != 2000 || len(e.Keys) != 1 || !strings.HasPrefix(plainKey(e.Keys[0]), last) {
					t.Errorf("%+v", e)
				}
				db.Exec(t, "UPDATE things SET new = old WHERE old = 1999")
				must(t, s, "contract", "")
			})
		}
	})
}

// plainKey is a key as it is shown, without what a server adds to it.
func plainKey(shown string) string {
	shown = strings.TrimPrefix(shown, `\x`)
	if f, err := strconv.ParseFloat(shown, 64); err == nil && strings.Contains(shown, ".") {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return shown
}

// keyed is a catalog that moves a column of a table with a key of some type.
func keyed(t *testing.T, typ string) *catalog.Catalog {
	return loaded(t, map[string]string{
		"catalog.toml": `name = "keyed"`,
		"versions/open01_things.toml": fmt.Sprintf(`
revision = "open01"
branch = "trunk"
[[up]]
create_table = { name = "things", columns = [ { name = "id", type = %q, nullable = false }, { name = "old", type = "integer" } ], primary_key = ["id"] }`, typ),
		"versions/art_expand01_new.toml": `
revision = "art_expand01"
revises = "open01"
[[up]]
add_column = { table = "things", name = "new", type = "integer" }`,
		"versions/art_migrate01_new.toml": `
migration = "art_migrate01"
depends_on = "art_expand01"
before = "art_contract01"
pending = "SELECT 1 FROM things WHERE new IS NULL"
[[step]]
table = "things"
key = ["id"]
where = "new IS NULL"
[step.set]
new = "old"`,
		"versions/art_contract01_old.toml": `
revision = "art_contract01"
revises = "open01"
[[up]]
drop_column = { table = "things", name = "old" }`,
	})
}
