package ledger_test

import (
	"testing"

	"manage/engine/ledger"
)

func TestMemory(t *testing.T) {
	conformance(t, func(*testing.T) books {
		stores := map[string]ledger.Store{}
		return func(catalog string) ledger.Store {
			if stores[catalog] == nil {
				stores[catalog] = ledger.NewMemory()
			}
			return stores[catalog]
		}
	})
}

// What was written after a snapshot is gone when it is restored, so that fake
// transactions can be rolled back.
func TestMemorySnapshot(t *testing.T) {
	m := ledger.NewMemory()
	l, _, err := m.Acquire(t.Context(), "me", "", "", minute)
	must(t, err)
	must(t, m.SetRows(t.Context(), l.Token, []string{"a"}))
	id, err := m.Start(t.Context(), l.Token, example)
	must(t, err)
	before := attempts(t, m)
	restore := m.Snapshot()
	must(t, m.Finish(t.Context(), l.Token, id, 3, nil))
	must(t, m.SetRows(t.Context(), l.Token, []string{"b"}))
	must(t, m.SaveProgress(t.Context(), l.Token, ledger.Progress{Migration: "m"}))
	restore()
	equal(t, "journal", attempts(t, m), before)
	rows, _, err := m.Rows(t.Context())
	must(t, err)
	equal(t, "version rows", rows, []string{"a"})
	p, err := m.Progress(t.Context())
	must(t, err)
	equal(t, "ranges", len(p), 0)
}
