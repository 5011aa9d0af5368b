package phases

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/revision"
	"manage/migrations/catalog"
)

// writer is a client of the image service: it inserts and updates images of its
// own, as the old release and as the new one in turn, and keeps what they should
// have in the end.
type writer struct {
	conn    *sql.Conn
	dialect flavor.Dialect
	galera  bool
	name    string
	phase   *atomic.Int32
	rows    int
	// public and visible are what each of its images may have: an old client
	// can say only that an image is not public.
	public  map[string]bool
	visible map[string][]string
	errors  []string
	counts  map[int32]int // statements that were accepted, by phase
}

// The phases of the upgrade that writers live through.
const (
	before int32 = iota // the old release only
	expanding
	both
	migrating
	migrated
	contracting
	after // the new release only
	over
)

// run writes until the upgrade is over.
func (w *writer) run(ctx context.Context) {
	for n := 0; w.phase.Load() != over; n++ {
		phase := w.phase.Load()
		err := w.write(ctx, n, phase < both || phase < after && n%2 == 0)
		if err == nil {
			w.counts[phase]++
		} else if w.galera && phase != migrating && database.ClassOf(err) == database.Deadlock {
			// A cluster makes a schema change at one point of all writes, and
			// ends those that are in its way: clients of one try again.
		} else if old := phase < both || phase < after && n%2 == 0; !old || w.phase.Load() < contracting || !expectedOfOld(err) {
			w.errors = append(w.errors, fmt.Sprintf("in phase %d, statement %d: %v", phase, n, err))
		}
		time.Sleep(3 * time.Millisecond)
	}
}

// expectedOfOld reports whether an old client may get an error while its column
// goes: that the column is not there, or that nobody fills the new one.
func expectedOfOld(err error) bool {
	switch database.ClassOf(err) {
	case database.LockTimeout, database.Deadlock, database.ConnectionLost, database.Syntax:
		return false
	}
	return true
}

// write sends one statement of one release: an image more, or another value for
// one of its own.
func (w *writer) write(ctx context.Context, n int, old bool) error {
	// What an old client writes while contract takes the triggers may be lost.
	doubtful := func() bool { return w.phase.Load() >= contracting }
	if n%3 == 0 || w.rows == 0 {
		id := fmt.Sprintf("%s-%d", w.name, n)
		query, visible := w.insert(id, n, old)
		_, err := w.conn.ExecContext(ctx, query)
		if err == nil || old && doubtful() {
			w.set(id, visible, err != nil || old && doubtful())
			if w.visible[id] != nil && err == nil {
				w.rows = n + 1
			}
		}
		return err
	}
	ids := make([]string, 0, len(w.visible))
	for id := range w.visible {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	id := ids[n%len(ids)]
	query, visible := w.update(id, n, old)
	_, err := w.conn.ExecContext(ctx, query)
	if err == nil || old && doubtful() {
		w.set(id, visible, err != nil || old && doubtful())
	}
	return err
}

// set notes what an image may have now.
func (w *writer) set(id string, visible []string, doubtful bool) {
	if !doubtful {
		w.visible[id] = visible
	} else if w.visible[id] != nil {
		w.visible[id] = append(slices.Clone(w.visible[id]), visible...)
	} else {
		// An enumeration that nobody fills has its first value on MySQL.
		w.visible[id] = append(slices.Clone(visible), "", "shared", "private")
	}
	w.public[id] = visible[0] == "public"
}

var (
	isPublic  = []string{"public"}
	notPublic = []string{"shared", "private"} // private is what the data migration makes of it
)

func (w *writer) insert(id string, n int, old bool) (string, []string) {
	const form = "INSERT INTO images (id, name, status, created_at, deleted, min_disk, min_ram, protected, %s) VALUES ('%s', 'x', 'active', '2026-01-01 00:00:00', %s, 0, 0, %s, %s)"
	no := w.bool(false)
	if old {
		public := n%2 == 0
		visible := notPublic
		if public {
			visible = isPublic
		}
		return fmt.Sprintf(form, "is_public", id, no, no, w.bool(public)), visible
	}
	v := []string{"public", "private", "shared", "community"}[n%4]
	return fmt.Sprintf(form, "visibility", id, no, no, "'"+v+"'"), []string{v}
}

func (w *writer) update(id string, n int, old bool) (string, []string) {
	if old {
		public := !w.public[id]
		visible := notPublic
		if public {
			visible = isPublic
		}
		return fmt.Sprintf("UPDATE images SET is_public = %s WHERE id = '%s'", w.bool(public), id), visible
	}
	v := []string{"public", "private", "shared", "community"}[(n/2)%4]
	return fmt.Sprintf("UPDATE images SET visibility = '%s' WHERE id = '%s'", v, id), []string{v}
}

func (w *writer) bool(b bool) string {
	if w.dialect == flavor.Postgres {
		return fmt.Sprint(b)
	}
	return map[bool]string{true: "1", false: "0"}[b]
}

// wait lets writers write a number of statements more.
func wait(writers []*writer) {
	time.Sleep(time.Duration(40*len(writers)) * time.Millisecond)
}

// TestOcataWithLiveWriters takes the image service online from is_public to
// visibility, while clients of both releases write. No client sees an error in
// expand and migrate; in contract only one of the old release may, because its
// column goes. Each image ends with what its last writer said.
func TestOcataWithLiveWriters(t *testing.T) {
	c, err := catalog.Load(os.DirFS("../migrations/glance"), catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if db.Dialect == flavor.SQLite {
			db.Exec(t, "PRAGMA journal_mode = WAL")
		}
		s := service(t, c, db)
		must(t, s, "upgrade", "mitaka")
		phase := &atomic.Int32{}
		var writers []*writer
		var running sync.WaitGroup
		for i := range 4 {
			conn, err := db.SQL().Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			w := &writer{conn: conn, dialect: db.Dialect, galera: db.Flavor.Galera, name: fmt.Sprint("w", i), phase: phase,
				public: map[string]bool{}, visible: map[string][]string{}, counts: map[int32]int{}}
			writers = append(writers, w)
			running.Go(func() { w.run(context.Background()) })
		}
		wait(writers)
		steps := []struct {
			command   string
			now, then int32
		}{{"expand", expanding, both}, {"migrate", migrating, migrated}, {"contract", contracting, after}}
		for _, step := range steps {
			phase.Store(step.now)
			_, err = command(s, step.command, "ocata")
			if err != nil {
				t.Errorf("%s: %v", step.command, err)
				break
			}
			phase.Store(step.then)
			wait(writers)
		}
		phase.Store(over)
		running.Wait()
		if err != nil {
			return
		}
		at(t, s, revision.Behind, "ocata_contract01")
		for _, w := range writers {
			w.check(t)
		}
	})
}

// check holds what a writer's images have against what they should have.
func (w *writer) check(t *testing.T) {
	t.Helper()
	if len(w.errors) > 0 {
		t.Errorf("%s: %d errors: %s", w.name, len(w.errors), strings.Join(w.errors[:min(3, len(w.errors))], "\n"))
	}
	for _, phase := range []int32{before, both, migrated, after} {
		if w.counts[phase] == 0 {
			t.Errorf("%s wrote nothing in phase %d", w.name, phase)
		}
	}
	have := map[string]string{}
	rows, err := w.conn.QueryContext(t.Context(), "SELECT id, visibility FROM images WHERE id LIKE '"+w.name+"-%'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, visibility string
		if err := rows.Scan(&id, &visibility); err != nil {
			t.Fatal(err)
		}
		have[id] = visibility
		if w.visible[id] == nil {
			t.Errorf("%s is there, and was not accepted", id)
		}
	}
	for id, may := range w.visible {
		if !slices.Contains(may, have[id]) {
			t.Errorf("%s is %q, want one of %v", id, have[id], may)
		}
	}
}
