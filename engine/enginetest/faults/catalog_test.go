package faults

import (
	"testing"

	"manage/schema"
)

// The catalog that is broken uses every operation, and what it uses runs both
// online and offline, but for what bridges two releases.
func TestCatalogUsesEveryOperation(t *testing.T) {
	c, err := load("testdata/all")
	if err != nil {
		t.Fatal(err)
	}
	online, offline := map[string]bool{}, map[string]bool{}
	for _, r := range c.Revisions {
		for _, change := range r.Up {
			kind := change.Op.Kind()
			online[kind] = online[kind] || change.RunsIn(true)
			offline[kind] = offline[kind] || change.RunsIn(false)
		}
	}
	for _, kind := range schema.Kinds() {
		bridge := kind == "create_trigger" || kind == "sync_columns"
		if !online[kind] || offline[kind] == bridge {
			t.Errorf("%s: used online %v, offline %v", kind, online[kind], offline[kind])
		}
	}
}
