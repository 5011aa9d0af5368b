package faults

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// The server is killed in the middle of expand, migrate and contract, and
// started again: the same command then goes on, and ends as if nothing had
// happened.
func TestServerKilled(t *testing.T) {
	points := map[string][]string{
		"expand":   {"one_expand01/4/before-statement", "one_expand02/3/after-statement"},
		"migrate":  {"one_migrate01/0/before-commit"},
		"contract": {"one_contract01/2/before-statement", "one_contract02/0/before-commit", "one_contract03/0/before-statement"},
	}
	for _, d := range enginetest.Dialects() {
		if d == flavor.SQLite {
			continue // has no server
		}
		if d == flavor.MySQL && os.Getenv(enginetest.EnvBin(d)) == "" {
			continue // the server of others, which is not ours to kill
		}
		t.Run(string(d), func(t *testing.T) {
			c := wayNamed(t, d, "all step by step")
			want := c.undisturbed(t, d)
			server := enginetest.Private(t, d, enginetest.Options{})
			db := server.New(t)
			c.prepare(t, db)
			for _, step := range c.broken {
				killed := 0
				for _, p := range points[step.Name] {
					k := task{URL: db.URL, Catalog: c.catalog, Commands: []command{step}, Fault: wink, At: p, Seen: filepath.Join(t.TempDir(), "at")}
					if killAt(t, server, k) {
						killed++
					}
				}
				if r, _ := runTask(t, task{URL: db.URL, Catalog: c.catalog, Commands: []command{step}}); r.Error != "" {
					t.Fatalf("%s: %s", step.Name, r.Error)
				}
				if killed == 0 {
					t.Errorf("%s: the server was never killed", step.Name)
				}
			}
			same(t, "after the kills", want, contentOf(t, db))
		})
	}
}

// killAt runs a child and kills the server when it comes to its point, and
// reports whether it did. The server is up again after that.
func killAt(t *testing.T, server *enginetest.Server, k task) bool {
	t.Helper()
	c, out, log := start(t, k)
	ended := make(chan result)
	go func() { ended <- ending(t, c, out, log) }()
	for {
		select {
		case r := <-ended:
			if r.Error != "" {
				t.Fatalf("before %s: %s", k.At, r.Error)
			}
			return false
		case <-time.After(time.Millisecond):
		}
		if _, err := os.Stat(k.Seen); err == nil {
			break
		}
	}
	if err := server.Kill9(); err != nil {
		t.Fatal(err)
	}
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	if r := <-ended; r.Error != "" && r.Code == "other" {
		t.Errorf("killed at %s: %s", k.At, r.Error)
	}
	return true
}
