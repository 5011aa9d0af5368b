package backfill_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/migrations/catalog"
	"manage/phases/backfill"
	"manage/schema"
)

// With SQLite's write-ahead log the commits of batches do not wait for the disk,
// those of others in the same session do; in another journal mode all do.
func TestCommitsToTheLog(t *testing.T) {
	for mode, want := range map[string]string{"wal": "1 2", "delete": "2 2"} {
		t.Run(mode, func(t *testing.T) {
			e := enginetest.New(t, flavor.SQLite)
			e.Exec(t, "PRAGMA journal_mode = "+mode)
			e.Exec(t, "CREATE TABLE items (id INTEGER PRIMARY KEY, b INTEGER)")
			e.Exec(t, "INSERT INTO items (id) VALUES (1), (2), (3)")
			held := acquire(t, runner(t, e))
			level := func() string {
				n, err := database.Number(t.Context(), held.Session(), "PRAGMA synchronous")
				must(t, err)
				return string(rune('0' + n))
			}
			var seen []string
			m := migration("SELECT 1 FROM items WHERE b IS NULL", catalog.MigrationStep{Table: "items", Key: []string{"id"},
				Set: map[string]schema.Text{"b": {All: "1"}}, SetOrder: []string{"b"}})
			_, err := backfill.Run(t.Context(), held, m, backfill.Options{Events: func(any) { seen = append(seen, level()) }})
			must(t, err)
			equal(t, "synchronous while and after", []string{strings.Join(append(seen[:1], level()), " ")}, []string{want})
		})
	}
}

// What others have the database for is kept to, by Go functions and programs
// too.
func TestGapIsLeft(t *testing.T) {
	held := acquire(t, runner(t, enginetest.New(t, flavor.SQLite)))
	for _, c := range []struct {
		free time.Time
		ends error
	}{{time.Now().Add(time.Hour), context.DeadlineExceeded}, {time.Now(), nil}} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if c.ends == nil {
			ctx = t.Context()
		}
		must(t, backfill.Before(ctx, held, c.free))
		if err := ctx.Err(); err != c.ends {
			t.Errorf("until %v: the context says %v, want %v", c.free, err, c.ends)
		}
		cancel()
	}
}
