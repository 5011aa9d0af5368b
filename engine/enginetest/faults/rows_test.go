package faults

import (
	"crypto/md5"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// keyedRows is how many rows each table with a type of keys of its own has: a
// few batches of the smallest size.
func keyedRows() int {
	if *all {
		return 4000
	}
	return 1200
}

// fillKeyed fills the tables of the catalog of keys.
func fillKeyed(t *testing.T, db enginetest.Database) {
	t.Helper()
	tables := map[string]func(i int) string{
		"by_number (id, amount)":          numberOf,
		"by_word (word, amount)":          func(i int) string { return fmt.Sprintf("'%s-%d'", []string{"Ab", "ab_", "Äb", "z"}[i%4], i) },
		"by_uuid (id, amount)":            uuidOf,
		"by_pair (owner, number, amount)": func(i int) string { return fmt.Sprintf("'owner %d', %d", i%7, i) },
	}
	for into, key := range tables {
		for at := 0; at < keyedRows(); at += 400 {
			var values []string
			for i := at; i < at+400; i++ {
				values = append(values, fmt.Sprintf("(%s, %d)", key(i), i))
			}
			db.Exec(t, "INSERT INTO "+into+" VALUES "+strings.Join(values, ", "))
		}
	}
}

// numberOf is a number next to the one before at first, and ever further from it
// later on: ranges are cut otherwise there.
func numberOf(i int) string {
	further := max(0, i-600)
	return fmt.Sprintf("%d", i+further*further-500)
}

// uuidOf makes a literal of a number, of the variant and version that MariaDB
// asks for.
func uuidOf(i int) string {
	sum := md5.Sum(fmt.Append(nil, i))
	sum[6], sum[8] = sum[6]&0x0f|0x40, sum[8]&0x3f|0x80
	return fmt.Sprintf("'%x'", sum)
}

// A data migration that is killed in the middle of batches, again and again,
// leaves each row as an undisturbed one does: none is passed over, and none is
// changed twice, though its statements would.
func TestRowsAfterKills(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		t.Run(string(d), func(t *testing.T) {
			want := movedRows(t, enginetest.New(t, d), fillKeyed, task{Workers: 1, Stride: stride(4)}, none)
			for _, workers := range []int{1, 4} {
				for _, f := range faultsOn(d, death, sent) {
					t.Run(fmt.Sprintf("%d workers %s", workers, f), func(t *testing.T) {
						got := movedRows(t, enginetest.New(t, d), fillKeyed, task{Workers: workers, Stride: stride(4)}, f)
						same(t, "after the kills", want, got)
					})
				}
				if d == flavor.SQLite {
					break // has one writer
				}
			}
		})
	}
}

// largeRows is enough for a second session, which looks for the end of the next
// range meanwhile.
const largeRows = 80_000

// fillLarge fills one of the tables, and sees to it that the server knows how
// large it is.
func fillLarge(t *testing.T, db enginetest.Database) {
	t.Helper()
	for at := 0; at < largeRows; at += 4000 {
		var values []string
		for i := at; i < at+4000; i++ {
			values = append(values, fmt.Sprintf("(%d, %d)", 3*i-5000, i))
		}
		db.Exec(t, "INSERT INTO by_number (id, amount) VALUES "+strings.Join(values, ", "))
	}
	analyze, known := "ANALYZE TABLE by_number", "SELECT table_rows FROM information_schema.tables WHERE table_schema = database() AND table_name = 'by_number'"
	if db.Dialect == flavor.Postgres {
		analyze, known = "ANALYZE by_number", "SELECT CAST(reltuples AS bigint) FROM pg_class WHERE relname = 'by_number'"
	}
	db.Exec(t, analyze)
	if n, err := strconv.Atoi(db.Strings(t, known)[0]); err != nil || n < largeRows*3/4 {
		t.Fatalf("the server knows of %d rows (%v)", n, err)
	}
}

// So it does where a second session works beside the batches.
func TestRowsOfLargeTableAfterKills(t *testing.T) {
	if !*all {
		return // that many rows take longer than all other tests of this package
	}
	for _, d := range enginetest.Dialects() {
		if d == flavor.SQLite {
			continue // has no second session there
		}
		t.Run(string(d), func(t *testing.T) {
			want := movedRows(t, enginetest.New(t, d), fillLarge, task{Stride: 1}, none)
			for _, f := range []fault{death, sent} {
				t.Run(string(f), func(t *testing.T) {
					same(t, "after the kills", want, movedRows(t, enginetest.New(t, d), fillLarge, task{Stride: 5}, f))
				})
			}
		})
	}
}

// movedRows runs the data migrations of the catalog of keys, with kills at some
// of the points that they pass, one in the task's stride, until they are
// through.
func movedRows(t *testing.T, db enginetest.Database, fill func(*testing.T, enginetest.Database), k task, f fault) content {
	t.Helper()
	k.URL, k.Catalog, k.Batch = db.URL, "testdata/keys", time.Millisecond
	k.Commands = []command{{"expand", ""}}
	if r, _ := runTask(t, k); r.Error != "" {
		t.Fatal(r.Error)
	}
	fill(t, db)
	k.Commands, k.Fault, k.Seen = []command{{"migrate", ""}}, f, filepath.Join(t.TempDir(), "seen")
	seed := rand.Uint64()
	random, sample, kills := rand.New(rand.NewPCG(seed, 0)), k.Stride, 0
	for ; ; kills++ {
		k.Stride = 1 + random.IntN(2*sample)
		r, killed := runTask(t, k)
		if !killed && r.Error != "" {
			t.Fatalf("after %d kills, seed %d: %s", kills, seed, r.Error)
		}
		if !killed {
			break
		}
	}
	t.Logf("%d processes killed, seed %d", kills, seed)
	if f != none && kills < 2 {
		t.Errorf("only %d processes were killed", kills)
	}
	return contentOf(t, db)
}
