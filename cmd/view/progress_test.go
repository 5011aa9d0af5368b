package view

import (
	"bytes"
	"errors"
	"log/slog"
	"testing"
	"time"

	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/engine/run"
	"manage/phases"
	"manage/phases/backfill"
)

// watch returns a Progress with a clock that tests set.
func watch() (*Progress, *bytes.Buffer, *time.Time) {
	var out bytes.Buffer
	now := time.Date(2026, 11, 20, 22, 0, 0, 0, time.UTC)
	p := &Progress{Out: &out, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }}
	return p, &out, &now
}

func TestProgressOfSteps(t *testing.T) {
	p, out, _ := watch()
	step := plan.Step{ID: "ocata_expand01", Phase: plan.Expand, Direction: plan.Up}
	p.Event(run.StepStarted{Step: step})
	p.Event(run.StatementStarted{Statement: plan.Statement{SQL: "SELECT 1"}})
	p.Event(run.StepDone{Step: step, Took: 12 * time.Millisecond})
	p.Event(run.StepStarted{Step: plan.Step{ID: "ocata_contract01", Direction: plan.Up}, ResumedFrom: 2})
	p.Event(run.Retrying{Step: "ocata_contract01", Attempt: 1, Of: 20, Pause: 1500 * time.Millisecond, Err: errors.New("locked")})
	p.Event(run.StepDone{Took: 2 * time.Second})
	p.Event(run.StepStarted{Step: plan.Step{ID: "mitaka02", Phase: plan.Adopt}})
	p.Close()
	check(t, `Applying ocata_expand01 … 12ms
Applying ocata_contract01 from statement 3 on …
ocata_contract01 waits for a lock (attempt 1 of 20); again in 1.5s.
Recording mitaka02 …
`, out, nil)
}

func TestProgressVerbose(t *testing.T) {
	p, out, _ := watch()
	p.Verbose = true
	p.Event(run.StepStarted{Step: plan.Step{ID: "a"}})
	p.Event(run.StatementStarted{Statement: plan.Statement{SQL: "SELECT 1"}})
	p.Event(run.StepDone{})
	check(t, "Applying a …\n  SELECT 1\n", out, nil)
}

func TestProgressQuiet(t *testing.T) {
	p, out, now := watch()
	p.Quiet = true
	p.Event(run.StepStarted{Step: plan.Step{ID: "a"}})
	p.Event(run.StepDone{})
	p.Event(phases.Moving{ID: "m"})
	*now = now.Add(time.Minute)
	p.Event(backfill.Batched{Migration: "m", Rows: 1})
	p.Event(phases.Moved{ID: "m", Rows: 1})
	check(t, "", out, nil)
	p.Event(run.TookOver{From: ledger.Lease{Holder: "root@a", Doing: "sync"}})
	p.Event(run.TookOver{From: ledger.Lease{Holder: "root@b", Doing: "sync"}, Dead: true, Ended: true})
	check(t, "Took over from root@a, whose lease ran out (sync).\n"+
		"Took over from root@b, who has ended without giving the lease back (sync). What was left of it on the server was ended.\n", out, nil)
}

func TestProgressOfWaiting(t *testing.T) {
	p, out, now := watch()
	p.Event(run.Waiting{Lease: &ledger.Lease{Holder: "root@a, pid 1", Doing: "ocata_expand01", Acquired: time.Date(2026, 11, 20, 21, 0, 0, 0, time.UTC)}, Since: now.Add(-3 * time.Second)})
	p.Event(run.Waiting{Since: now.Add(-90 * time.Second)})
	p.Event(run.Settling{Step: "a", Outcome: run.Applied})
	p.Event(run.Settling{Step: "a", Outcome: run.NotApplied})
	p.Event(run.HeartbeatFailed{Err: errors.New("gone")})
	check(t, `Waiting for root@a, pid 1 (ocata_expand01 since 2026-11-20 21:00:00 UTC), for 3s now.
Waiting for whoever has locked the database, for 1m30s now.
a: an earlier run did not see the end of a statement; the schema tells that it took effect.
a: an earlier run did not see the end of a statement; the schema tells that it did not take effect.
The lease could not be extended: gone
`, out, nil)
}
