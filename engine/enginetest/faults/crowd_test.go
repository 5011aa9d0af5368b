package faults

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// crowd is how many processes come at once.
func crowd() int {
	if *all {
		return 50
	}
	return 16
}

// Many processes that run `db sync` at once all end with 0, and each revision
// is applied once.
func TestCrowd(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) { rush(t, db, db.URL) })
}

// So they do through a pooler that lends its sessions for a transaction only.
func TestCrowdThroughPooler(t *testing.T) {
	db := enginetest.New(t, flavor.Postgres)
	rush(t, db, db.Pooled(t))
}

// So they do on all nodes of a cluster.
func TestCrowdOnCluster(t *testing.T) {
	if !*all {
		return // a cluster takes longer to start than all other tests of this package
	}
	nodes, err := enginetest.StartGalera(3, enginetest.Options{Packaged: true})
	if err != nil {
		t.Fatal(err)
	}
	var urls []string
	for _, n := range nodes {
		t.Cleanup(n.Close)
	}
	db := nodes[0].New(t)
	for _, n := range nodes {
		urls = append(urls, n.URL(db.Name))
	}
	rush(t, db, urls...)
}

// rush runs the crowd, each through one of the URLs.
func rush(t *testing.T, db enginetest.Database, urls ...string) {
	t.Helper()
	var children []*exec.Cmd
	var logs []*bytes.Buffer
	for i := range crowd() {
		c := exec.Command(os.Args[0])
		log := &bytes.Buffer{}
		c.Stdout, c.Stderr = log, log
		c.Env = append(os.Environ(), envWords+"="+strings.Join([]string{"--connection", urls[i%len(urls)], "db", "sync"}, "\n"))
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		children, logs = append(children, c), append(logs, log)
	}
	for i, c := range children {
		if err := c.Wait(); err != nil {
			t.Errorf("process %d: %v\n%s", i, err, logs[i])
		}
	}
	twice := db.Strings(t, "SELECT revision FROM manage_journal WHERE phase <> 'migrate' GROUP BY revision HAVING count(*) <> 1")
	if len(twice) > 0 {
		t.Errorf("not applied exactly once: %v", twice)
	}
	if n := db.Strings(t, "SELECT count(*) FROM manage_journal"); len(n) != 1 || n[0] == "0" {
		t.Errorf("the journal has %v rows", n)
	}
	if failed := db.Strings(t, "SELECT revision FROM manage_journal WHERE finished IS NULL OR error <> ''"); len(failed) > 0 {
		t.Errorf("not succeeded: %v", failed)
	}
}
