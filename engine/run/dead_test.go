package run_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/run"
)

// endedProcess is the name of a process that has ended.
func endedProcess(t *testing.T) string {
	t.Helper()
	c := exec.Command("true")
	must(t, c.Run())
	realm := strings.Join(strings.Split(run.ThisProcess(), ":")[:2], ":")
	return fmt.Sprintf("%s:%d:1", realm, c.Process.Pid)
}

func TestProcessGone(t *testing.T) {
	own := strings.Split(run.ThisProcess(), ":")
	if len(own) != 4 {
		t.Fatalf("this process is %v", own)
	}
	named := func(i int, word string) string {
		n := append([]string{}, own...)
		n[i] = word
		return strings.Join(n, ":")
	}
	for name, want := range map[string]bool{
		run.ThisProcess():   false,
		endedProcess(t):     true,
		named(3, "1"):       true,  // the id is another process's by now
		named(0, "abc"):     false, // another machine
		named(1, "1"):       false, // another container
		"":                  false,
		"a:b:c:d":           false,
		named(2, "-1"):      false,
		named(2, "0"):       false,
		"process " + own[0]: false,
	} {
		equal(t, name, run.ProcessGone(name), want)
	}
	equal(t, "the first process", run.ProcessGone(named(2, "1")), os.Getpid() != 1) // it began at another time
}

// The lease of a holder who is certain to be dead is taken before it expires:
// of one whose session on the server has ended, and of one whose process has.
func TestDeadHolderIsNotWaitedFor(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		h, err := runner(t, e).Acquire(t.Context(), "sync")
		must(t, err)
		h.Die()
		ways := []string{"process=" + endedProcess(t)}
		if e.Dialect != flavor.SQLite {
			ways = append(ways, "") // as Die left it
		}
		for _, way := range ways {
			if way != "" {
				e.Exec(t, "UPDATE manage_lease SET server_session = '"+way+"'")
			}
			e.Exec(t, "UPDATE manage_lease SET holder = 'the dead one'")
			var took []run.TookOver
			r := runner(t, e)
			r.Options.Wait = 20 * time.Second // less than the lease lasts
			r.Events = func(ev run.Event) {
				if o, ok := ev.(run.TookOver); ok {
					took = append(took, o)
				}
			}
			next, err := r.Acquire(t.Context(), "sync")
			must(t, err)
			if len(took) != 1 || !took[0].Dead || took[0].From.Holder != "the dead one" || took[0].From.Expired {
				t.Errorf("%q: took over %+v", way, took)
			}
			next.Die()
		}
	})
}

// Nothing is concluded from a session that may be a pooler's, from one on
// another server, or from words that are not ours.
func TestNobodyIsDeadWithoutProof(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		h, err := runner(t, e).Acquire(t.Context(), "sync")
		must(t, err)
		defer h.Release(t.Context())
		living := e.Strings(t, "SELECT server_session FROM manage_lease")[0]
		r := runner(t, e)
		r.Options.Wait = -1
		texts := []string{living, "", "direct", "session=direct", "session=99999999@x direct process", "session=99999999@x",
			"session=99999999 process=a:b:1:2", strings.ReplaceAll(living, "direct", "")}
		if e.Dialect == flavor.Postgres {
			texts = append(texts[:4], texts[5:]...) // there, the number alone is enough
		}
		for _, text := range texts {
			e.Exec(t, "UPDATE manage_lease SET server_session = '"+text+"'")
			if _, err := r.Acquire(t.Context(), "sync"); err == nil {
				t.Fatalf("%q: the lease was taken from a living holder", text)
			}
		}
	})
}

// The server's own lock is had beside the lease, and given back with it.
func TestServersOwnLock(t *testing.T) {
	counts := map[flavor.Dialect]string{
		flavor.Postgres: "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE locktype = 'advisory' AND d.datname = current_database()",
		flavor.MariaDB:  "SELECT count(*) FROM information_schema.processlist WHERE id = IS_USED_LOCK('%s')",
		flavor.MySQL:    "SELECT count(*) FROM information_schema.processlist WHERE id = IS_USED_LOCK('%s')",
	}
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		query, ok := counts[e.Dialect]
		if !ok {
			return // SQLite's own lock is that of its write transaction
		}
		query = strings.ReplaceAll(query, "%s", run.LockName(e.Name, runner(t, e).Catalog))
		h, err := runner(t, e).Acquire(t.Context(), "sync")
		must(t, err)
		equal(t, "locks", e.Strings(t, query), []string{"1"})
		must(t, h.Release(t.Context()))
		equal(t, "locks after", e.Strings(t, query), []string{"0"})
	})
}

// Who works although his lease's row was removed by hand is ended by the next
// holder, and can write nothing.
func TestRemovedRow(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		h, err := runner(t, e).Acquire(t.Context(), "sync")
		must(t, err)
		e.Exec(t, "DELETE FROM manage_lease")
		next, err := runner(t, e).Acquire(t.Context(), "sync")
		must(t, err)
		if err := h.Execute(t.Context(), example(e.Flavor), nil); err == nil {
			t.Error("the former holder went on")
		}
		equal(t, "tables made", e.Query(t, probeQuery(e.Dialect, plan.Effect{Kind: plan.KindTable, Name: "a"})), [][]any(nil))
		must(t, next.Execute(t.Context(), example(e.Flavor), nil))
		must(t, h.Release(t.Context()))
		must(t, next.Release(t.Context()))
	})
}
