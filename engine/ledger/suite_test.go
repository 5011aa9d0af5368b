package ledger_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"manage/engine/ledger"
	"manage/engine/plan"
)

// books opens a further store on the same books, as another process would.
type books func(catalog string) ledger.Store

const minute = time.Minute

// conformance is what every Store does.
func conformance(t *testing.T, fresh func(t *testing.T) books) {
	tests := []struct {
		name string
		run  func(t *testing.T, b books)
	}{
		{"reads nothing before anything is made", emptyReads},
		{"prepares twice", prepareTwice},
		{"sets version rows", setRows},
		{"keeps a journal", journal},
		{"completes a started attempt", completeStarted},
		{"completes an attempt at once", completeAtOnce},
		{"completes an attempt and starts the next", completeAndStart},
		{"keeps positions", positions},
		{"keeps the record of the schema", schemaRecord},
		{"keeps long and odd texts", oddTexts},
		{"gives the lease to one", leaseToOne},
		{"lets an expired lease be taken over", takeOver},
		{"lets a dead holder's lease be seized", seize},
		{"refuses every write of a former holder", fencing},
		{"keeps catalogs apart", catalogsApart},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(t, fresh(t)) })
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

// ready is a store whose tables are made, and the token of its lease.
func ready(t *testing.T, b books) (ledger.Store, int64) {
	t.Helper()
	s := b("glance")
	must(t, s.Prepare(t.Context(), ledger.Versions, ledger.Positions))
	l, ok, err := s.Acquire(t.Context(), "me", "17", "sync", minute)
	must(t, err)
	if !ok {
		t.Fatal("the lease was not free")
	}
	return s, l.Token
}

// schemaRecord: one record for each catalog, long ones and odd ones as they are,
// under the lease's token only.
func schemaRecord(t *testing.T, b books) {
	s, token := ready(t, b)
	ctx := t.Context()
	if r, err := s.SchemaRecord(ctx); r != nil || err != nil {
		t.Fatalf("before any: %v, %v", r, err)
	}
	must(t, s.Prepare(ctx, ledger.Schemas))
	for _, text := range []string{"short", strings.Repeat("long ü ", 40_000), `it's "odd" \\ %`} {
		must(t, s.SaveSchemaRecord(ctx, token, ledger.SchemaRecord{Text: text}))
		r, err := s.SchemaRecord(ctx)
		must(t, err)
		if r == nil || r.Text != text || r.Written.IsZero() {
			t.Fatalf("a record of %d bytes did not come back", len(text))
		}
	}
	if err := s.SaveSchemaRecord(ctx, token+1, ledger.SchemaRecord{Text: "stolen"}); !errors.Is(err, ledger.ErrLeaseLost) {
		t.Errorf("another token: %v", err)
	}
	other := b("nova")
	if r, err := other.SchemaRecord(ctx); r != nil || err != nil {
		t.Errorf("of another catalog: %v, %v", r, err)
	}
}

func emptyReads(t *testing.T, b books) {
	s, ctx := b("glance"), t.Context()
	rows, found, err := s.Rows(ctx)
	must(t, err)
	if found || len(rows) > 0 {
		t.Errorf("rows %v, found %v", rows, found)
	}
	a, err := s.Attempts(ctx)
	must(t, err)
	p, err := s.Progress(ctx)
	must(t, err)
	l, err := s.Lease(ctx)
	must(t, err)
	if len(a) > 0 || len(p) > 0 || l != nil {
		t.Errorf("attempts %v, progress %v, lease %v", a, p, l)
	}
}

func prepareTwice(t *testing.T, b books) {
	s := b("glance")
	must(t, s.Prepare(t.Context()))
	must(t, s.Prepare(t.Context(), ledger.Versions))
	must(t, b("glance").Prepare(t.Context(), ledger.Versions, ledger.Positions))
	rows, found, err := s.Rows(t.Context())
	must(t, err)
	if !found || rows == nil || len(rows) > 0 {
		t.Errorf("rows %#v, found %v", rows, found)
	}
}

func setRows(t *testing.T, b books) {
	s, token := ready(t, b)
	for _, want := range [][]string{{"a"}, {"b"}, {"b", "c"}, {"d", "e"}, {"e", "f", "g"}, {"f"}, {"f"}, {}, {"a", "b"}, {"c"}} {
		must(t, s.SetRows(t.Context(), token, want))
		for _, reader := range []ledger.Store{s, b("glance")} {
			got, found, err := reader.Rows(t.Context())
			must(t, err)
			equal(t, "version rows", got, want)
			equal(t, "found", found, true)
		}
	}
}

func foreignRows(t *testing.T, b books) {
	s, token := ready(t, b)
	must(t, s.SetRows(t.Context(), token, []string{"a"}))
	other := b("other") // shares the version table
	must(t, other.Prepare(t.Context()))
	l, _, err := other.Acquire(t.Context(), "you", "", "", minute)
	must(t, err)
	must(t, other.SetRows(t.Context(), l.Token, []string{"x"}))
	if err := s.SetRows(t.Context(), token, []string{"b"}); !errors.Is(err, ledger.ErrRowsChanged) {
		t.Fatalf("error %v, want ErrRowsChanged", err)
	}
	got, _, err := b("glance").Rows(t.Context())
	must(t, err)
	equal(t, "version rows", got, []string{"x"})
	must(t, s.SetRows(t.Context(), token, []string{"b"})) // read again by now
}

// attempts reads the journal without what the clock decides.
func attempts(t *testing.T, s ledger.Store) []ledger.Attempt {
	t.Helper()
	all, err := s.Attempts(t.Context())
	must(t, err)
	for i, a := range all {
		if a.Started.IsZero() || (a.Finished != nil && a.Finished.Before(a.Started)) {
			t.Errorf("started %v, finished %v", a.Started, a.Finished)
		}
		all[i].Started = time.Time{}
		if a.Finished != nil {
			all[i].Finished = &time.Time{}
		}
	}
	return all
}

var example = ledger.Attempt{Revision: "ocata_expand01", Phase: plan.Expand, Direction: plan.Up,
	Checksum: "abc", Outline: "0.0 12 CREATE TABLE 'a'\n", Total: 3, Who: "op@host, pid 7, manage 1.0"}

func journal(t *testing.T, b books) {
	s, token := ready(t, b)
	a := example
	a.Sent = plan.Position{Operation: 2, Part: 1}
	id, err := s.Start(t.Context(), token, a)
	must(t, err)
	a.ID = id
	equal(t, "after Start", attempts(t, b("glance")), []ledger.Attempt{a})
	must(t, s.Mark(t.Context(), token, id, 2, plan.Position{Operation: 5, Part: 3}))
	a.Done, a.Sent = 2, plan.Position{Operation: 5, Part: 3}
	equal(t, "after Mark", attempts(t, b("glance")), []ledger.Attempt{a})
	must(t, s.Finish(t.Context(), token, id, 2, errors.New("no such column")))
	a.Confirmed, a.Finished, a.Error = true, &time.Time{}, "no such column"
	equal(t, "after Finish", attempts(t, b("glance")), []ledger.Attempt{a})

	second := example
	second.ID, err = s.Start(t.Context(), token, example)
	must(t, err)
	must(t, s.Finish(t.Context(), token, second.ID, 3, nil))
	second.Done, second.Confirmed, second.Finished = 3, true, &time.Time{}
	all := attempts(t, b("glance"))
	equal(t, "two attempts", all, []ledger.Attempt{a, second})
	if all[0].Succeeded() || !all[1].Succeeded() {
		t.Error("the second attempt succeeded, the first one did not")
	}
	if err := s.Mark(t.Context(), token, 99, 0, plan.Position{}); !errors.Is(err, ledger.ErrNoAttempt) {
		t.Errorf("error %v, want ErrNoAttempt", err)
	}
}

func completeStarted(t *testing.T, b books) {
	s, token := ready(t, b)
	must(t, s.SetRows(t.Context(), token, []string{"liberty"}))
	for _, rows := range [][]string{{"mitaka01"}, {"mitaka01", "mitaka02"}, {"x", "y"}, nil} {
		a := example
		var err error
		a.ID, err = s.Start(t.Context(), token, a)
		must(t, err)
		a.Done = 3
		_, err = s.Complete(t.Context(), token, ledger.Completion{Attempt: a, Rows: rows})
		must(t, err)
		a.Confirmed, a.Finished = true, &time.Time{}
		all := attempts(t, b("glance"))
		equal(t, "attempt", all[len(all)-1], a)
		if rows == nil {
			rows = []string{"x", "y"}
		}
		got, _, err := b("glance").Rows(t.Context())
		must(t, err)
		equal(t, "version rows", got, rows)
	}
}

func completeAtOnce(t *testing.T, b books) {
	s, token := ready(t, b)
	a := example
	a.Done, a.Started = 3, time.Now().Add(-time.Hour)
	for _, rows := range [][]string{{"liberty"}, {"mitaka01"}, nil} {
		next, err := s.Complete(t.Context(), token, ledger.Completion{Attempt: a, Rows: rows})
		must(t, err)
		equal(t, "next", next, int64(0))
	}
	all, err := s.Attempts(t.Context())
	must(t, err)
	if len(all) != 3 || !all[2].Succeeded() || all[0].ID == all[2].ID {
		t.Fatalf("journal %v", all)
	}
	if took := all[0].Finished.Sub(all[0].Started); took < 59*minute || took > 61*minute {
		t.Errorf("took %v, want an hour", took)
	}
	got, _, err := b("glance").Rows(t.Context())
	must(t, err)
	equal(t, "version rows", got, []string{"mitaka01"})
	_, err = s.Complete(t.Context(), token, ledger.Completion{Attempt: ledger.Attempt{ID: 77, Done: 1}, Rows: []string{"z"}})
	if !errors.Is(err, ledger.ErrNoAttempt) {
		t.Errorf("error %v, want ErrNoAttempt", err)
	}
	got, _, err = s.Rows(t.Context())
	must(t, err)
	equal(t, "version rows", got, []string{"mitaka01"})
}

func completeAndStart(t *testing.T, b books) {
	s, token := ready(t, b)
	first, second := example, example
	second.Revision, second.Sent = "ocata_contract01", plan.Position{Operation: 1}
	var err error
	first.ID, err = s.Start(t.Context(), token, first)
	must(t, err)
	first.Done = 3
	second.ID, err = s.Complete(t.Context(), token, ledger.Completion{Attempt: first, Rows: []string{"a"}, Next: &second})
	must(t, err)
	first.Confirmed, first.Finished = true, &time.Time{}
	equal(t, "journal", attempts(t, b("glance")), []ledger.Attempt{first, second})
	must(t, s.Finish(t.Context(), token, second.ID, 3, nil))
	if all := attempts(t, s); !all[1].Succeeded() {
		t.Errorf("second attempt %+v", all[1])
	}
	rows, _, err := s.Rows(t.Context())
	must(t, err)
	equal(t, "version rows", rows, []string{"a"})
}

func positions(t *testing.T, b books) {
	s, token := ready(t, b)
	p := ledger.Progress{Migration: "ocata_migrate01", Position: `{"id":"1"}`, Rows: 10, Estimate: 100}
	must(t, s.SaveProgress(t.Context(), token, p))
	other := ledger.Progress{Migration: "ocata_migrate01", Range: "b", Position: "x", Finished: &time.Time{}, Batch: 500}
	must(t, s.SaveProgress(t.Context(), token, other))
	p.Position, p.Rows = strings.Repeat("k", 5000), 20
	p.Batch, p.Waiting, p.Speed = 12_000, "replica 10.0.0.2:3306 is 12 s behind (limit 5 s)", 0.125
	must(t, s.SaveProgress(t.Context(), token, p))
	got, err := b("glance").Progress(t.Context())
	must(t, err)
	for i := range got {
		if got[i].Started.IsZero() || got[i].Updated.Before(got[i].Started) {
			t.Errorf("started %v, updated %v", got[i].Started, got[i].Updated)
		}
		got[i].Started, got[i].Updated, got[i].Row = time.Time{}, time.Time{}, ""
		if got[i].Finished != nil {
			got[i].Finished = &time.Time{}
		}
	}
	equal(t, "progress", got, []ledger.Progress{p, other})
}

func oddTexts(t *testing.T, b books) {
	s, token := ready(t, b)
	odd := "it's \\ \"quoted\" `x` ? $1 %s 日本 🐘\n\x00\xff"
	a := example
	a.Who, a.Total = strings.Repeat("ü", 300)+odd, 1
	id, err := s.Start(t.Context(), token, a)
	must(t, err)
	must(t, s.Finish(t.Context(), token, id, 0, errors.New(odd+strings.Repeat("e", 9000))))
	all, err := b("glance").Attempts(t.Context())
	must(t, err)
	want := "it's \\ \"quoted\" `x` ? $1 %s 日本 🐘\n?"
	if got := all[0].Error; !strings.HasPrefix(got, want) || len([]rune(got)) != 4000 {
		t.Errorf("error text %.60q of %d characters", got, len([]rune(got)))
	}
	equal(t, "who", all[0].Who, strings.Repeat("ü", 255))
}

func leaseToOne(t *testing.T, b books) {
	one, two := b("glance"), b("glance")
	must(t, one.Prepare(t.Context()))
	must(t, two.Prepare(t.Context()))
	first, ok, err := one.Acquire(t.Context(), "one", "17", "sync", minute)
	must(t, err)
	equal(t, "taken", ok, true)
	if _, ok, err := two.Acquire(t.Context(), "two", "18", "sync", minute); ok || err != nil {
		t.Fatalf("second: %v, %v", ok, err)
	}
	seen, err := two.Lease(t.Context())
	must(t, err)
	if seen.Holder != "one" || seen.Session != "17" || seen.Doing != "sync" || seen.Expired || seen.Token != first.Token {
		t.Errorf("lease %+v", seen)
	}
	if left := seen.Expires.Sub(seen.Beat); left < 50*time.Second || left > minute+time.Second {
		t.Errorf("expires %v after the last beat", left)
	}
	must(t, one.Extend(t.Context(), first.Token, "expand", time.Hour))
	must(t, one.Extend(t.Context(), first.Token, "", time.Hour))
	seen, err = two.Lease(t.Context())
	must(t, err)
	if left := seen.Expires.Sub(seen.Beat); seen.Doing != "expand" || left < 59*minute {
		t.Errorf("after Extend: %+v", seen)
	}
	must(t, one.Release(t.Context(), first.Token))
	if seen, err := two.Lease(t.Context()); seen != nil || err != nil {
		t.Errorf("after Release: %v, %v", seen, err)
	}
	second, ok, err := two.Acquire(t.Context(), "two", "18", "sync", minute)
	must(t, err)
	if !ok || second.Token <= first.Token {
		t.Errorf("second lease %+v, %v", second, ok)
	}
}

func takeOver(t *testing.T, b books) {
	one, two := b("glance"), b("glance")
	must(t, one.Prepare(t.Context()))
	must(t, two.Prepare(t.Context()))
	first, _, err := one.Acquire(t.Context(), "one", "17", "sync", 100*time.Millisecond)
	must(t, err)
	var second ledger.Lease
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var ok bool
		second, ok, err = two.Acquire(t.Context(), "two", "18", "sync", minute)
		must(t, err)
		if ok {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the lease never expired")
		}
	}
	if second.Token <= first.Token || second.Holder != "two" {
		t.Errorf("second lease %+v", second)
	}
	if err := one.Extend(t.Context(), first.Token, "", minute); !errors.Is(err, ledger.ErrLeaseLost) {
		t.Errorf("Extend of the former holder: %v", err)
	}
}

func seize(t *testing.T, b books) {
	one, two := b("glance"), b("glance")
	must(t, one.Prepare(t.Context()))
	must(t, two.Prepare(t.Context()))
	_, _, err := one.Acquire(t.Context(), "one", "17", "sync", minute)
	must(t, err)
	seen, err := two.Lease(t.Context())
	must(t, err)
	if seen.Silent() < 0 || seen.Silent() > minute/2 || seen.Now.Before(seen.Acquired) {
		t.Errorf("lease %+v, silent for %v", seen, seen.Silent())
	}
	second, ok, err := two.Seize(t.Context(), *seen, "two", "18", "sync", minute)
	must(t, err)
	if !ok || second.Token <= seen.Token || second.Holder != "two" {
		t.Errorf("seized %+v, %v", second, ok)
	}
	if err := one.Extend(t.Context(), seen.Token, "", minute); !errors.Is(err, ledger.ErrLeaseLost) {
		t.Errorf("Extend of the former holder: %v", err)
	}
	if _, ok, err := one.Seize(t.Context(), *seen, "three", "19", "sync", minute); ok || err != nil {
		t.Errorf("seized from one who has it no more: %v, %v", ok, err)
	}
}

func fencing(t *testing.T, b books) {
	s, token := ready(t, b)
	must(t, s.SetRows(t.Context(), token, []string{"a", "b"}))
	id, err := s.Start(t.Context(), token, example)
	must(t, err)
	must(t, s.SaveProgress(t.Context(), token, ledger.Progress{Migration: "m", Position: "1"}))
	must(t, s.Release(t.Context(), token))
	if err := s.SetRows(t.Context(), token, []string{"z"}); !errors.Is(err, ledger.ErrLeaseLost) {
		t.Errorf("SetRows after Release: %v, want ErrLeaseLost", err)
	}
	other := b("glance")
	_, ok, err := other.Acquire(t.Context(), "two", "", "", minute)
	must(t, err)
	equal(t, "taken", ok, true)
	before := attempts(t, other)

	done := example
	done.ID, done.Done = id, 3
	writes := map[string]func(context.Context) error{
		"SetRows one":      func(ctx context.Context) error { return s.SetRows(ctx, token, []string{"a", "c"}) },
		"SetRows more":     func(ctx context.Context) error { return s.SetRows(ctx, token, []string{"c"}) },
		"Start":            func(ctx context.Context) error { _, err := s.Start(ctx, token, example); return err },
		"Mark":             func(ctx context.Context) error { return s.Mark(ctx, token, id, 1, plan.Position{Part: 1}) },
		"Finish":           func(ctx context.Context) error { return s.Finish(ctx, token, id, 1, nil) },
		"SaveProgress":     func(ctx context.Context) error { return s.SaveProgress(ctx, token, ledger.Progress{Migration: "m"}) },
		"SaveProgress new": func(ctx context.Context) error { return s.SaveProgress(ctx, token, ledger.Progress{Migration: "n"}) },
		"Extend":           func(ctx context.Context) error { return s.Extend(ctx, token, "x", minute) },
		"Extend only":      func(ctx context.Context) error { return s.Extend(ctx, token, "", minute) },
		"Release":          func(ctx context.Context) error { return s.Release(ctx, token) },
		"Complete": func(ctx context.Context) error {
			_, err := s.Complete(ctx, token, ledger.Completion{Attempt: done, Rows: []string{"a", "d"}, Next: &example})
			return err
		},
		"Complete at once": func(ctx context.Context) error {
			_, err := s.Complete(ctx, token, ledger.Completion{Attempt: example, Rows: []string{"e"}})
			return err
		},
	}
	for name, w := range writes {
		if err := w(t.Context()); !errors.Is(err, ledger.ErrLeaseLost) {
			t.Errorf("%s: %v, want ErrLeaseLost", name, err)
		}
	}
	equal(t, "journal", attempts(t, other), before)
	rows, _, err := other.Rows(t.Context())
	must(t, err)
	equal(t, "version rows", rows, []string{"a", "b"})
	p, err := other.Progress(t.Context())
	must(t, err)
	if len(p) != 1 || p[0].Position != "1" {
		t.Errorf("progress %v", p)
	}
	l, err := other.Lease(t.Context())
	must(t, err)
	if l == nil || l.Holder != "two" || l.Doing != "" {
		t.Errorf("lease %+v", l)
	}
}

func catalogsApart(t *testing.T, b books) {
	s, token := ready(t, b)
	_, err := s.Start(t.Context(), token, example)
	must(t, err)
	must(t, s.SaveProgress(t.Context(), token, ledger.Progress{Migration: "m"}))
	other := b("watcher")
	must(t, other.Prepare(t.Context(), ledger.Positions))
	a, err := other.Attempts(t.Context())
	must(t, err)
	p, err := other.Progress(t.Context())
	must(t, err)
	l, err := other.Lease(t.Context())
	must(t, err)
	if len(a) > 0 || len(p) > 0 || l != nil {
		t.Errorf("attempts %v, progress %v, lease %v", a, p, l)
	}
	lease, ok, err := other.Acquire(t.Context(), "you", "", "", minute)
	must(t, err)
	equal(t, "taken", ok, true)
	_, err = other.Start(t.Context(), lease.Token, example)
	must(t, err)
	equal(t, "attempts of each", len(attempts(t, s))+len(attempts(t, other)), 2)
}
