package faults

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// A holder that is stopped beyond its lease and continued after another has
// done the work records nothing, disturbs nothing, and says why it ends.
func TestStoppedHolder(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		point, ttl := "ocata_expand01/1/before-statement", 500*time.Millisecond
		if db.Dialect == flavor.SQLite {
			// The file is locked as long as a transaction is open, be it that of
			// a heartbeat: none comes this early.
			point, ttl = "ocata_expand01/0/before-begin", 3*time.Second
		}
		c := wayNamed(t, db.Dialect, "glance in one go")
		want := c.undisturbed(t, db.Dialect)
		c.prepare(t, db)
		k := task{URL: db.URL, Catalog: c.catalog, Commands: c.broken, Fault: stop, At: point, TTL: ttl}
		first, out, log := start(t, k)
		awaitStopped(t, first)
		second := k
		second.Fault, second.TTL = none, 0
		if r, _ := runTask(t, second); r.Error != "" {
			t.Fatalf("the second runner: %s", r.Error)
		}
		same(t, "after the second runner", want, contentOf(t, db))
		journal := db.Query(t, "SELECT * FROM manage_journal")
		if err := first.Process.Signal(syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		r := ending(t, first, out, log)
		if r.Code != "lease lost" || !strings.Contains(r.Error, "took over this work") {
			t.Errorf("the first runner ended with %q (%s)", r.Error, r.Code)
		}
		same(t, "after the first runner", want, contentOf(t, db))
		if now := db.Query(t, "SELECT * FROM manage_journal"); !reflect.DeepEqual(now, journal) {
			t.Errorf("the journal was\n%v\nand is\n%v", journal, now)
		}
	})
}

// A holder that is stopped in the middle of a transaction keeps a SQLite file
// locked, whatever becomes of its lease. Who comes next gives up, and names the
// process and what to do; once that goes on, it ends its work as if nothing had
// happened.
func TestStoppedInTransaction(t *testing.T) {
	db := enginetest.New(t, flavor.SQLite)
	c := wayNamed(t, db.Dialect, "glance in one go")
	want := c.undisturbed(t, db.Dialect)
	c.prepare(t, db)
	first, out, log := start(t, task{URL: db.URL, Catalog: c.catalog, Commands: c.broken, Fault: stop,
		At: "ocata_expand01/1/before-statement", TTL: 300 * time.Millisecond})
	awaitStopped(t, first)
	second := exec.Command(os.Args[0])
	second.Env = append(os.Environ(), envWords+"="+strings.Join([]string{"--connection", db.URL, "--wait", "1s", "db", "sync"}, "\n"))
	said, err := second.CombinedOutput()
	if code := second.ProcessState.ExitCode(); code != 7 {
		t.Errorf("the second runner ended with %d (%v)", code, err)
	}
	for _, words := range []string{"is stopped on this machine", fmt.Sprintf("kill -CONT %d", first.Process.Pid), "kill -KILL"} {
		if !strings.Contains(string(said), words) {
			t.Errorf("the second runner does not say %q:\n%s", words, said)
		}
	}
	if err := first.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if r := ending(t, first, out, log); r.Error != "" {
		t.Errorf("the first runner ended with %q", r.Error)
	}
	same(t, "after the first runner", want, contentOf(t, db))
}

// awaitStopped waits until a child has stopped itself.
func awaitStopped(t *testing.T, c *exec.Cmd) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.Process.Pid))
		if fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])); len(fields) > 0 && fields[0] == "T" {
			return
		}
	}
	t.Fatal("the child never stopped")
}

// ending waits for a child's end and returns what it says.
func ending(t *testing.T, c *exec.Cmd, out, log *bytes.Buffer) result {
	t.Helper()
	err := c.Wait()
	var r result
	if err == nil {
		err = json.Unmarshal(out.Bytes(), &r)
	}
	if err != nil {
		t.Fatalf("the child failed: %v\n%s", err, log)
	}
	return r
}
