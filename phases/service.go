package phases

import (
	"context"
	"errors"
	"slices"
	"time"

	"manage/engine/database"
	"manage/engine/plan"
	"manage/engine/run"
	"manage/migrations/catalog"
	"manage/phases/backfill"
)

// Service is one catalog on one database: what every command works with.
type Service struct {
	Catalog *catalog.Catalog
	DB      database.DB
	// Run says how long to wait for locks, for the lease and between beats.
	Run run.Options
	// Batches says how data migrations are cut, and holds the Go ones.
	Batches backfill.Options
	// Faults breaks a run at a chosen point; nil outside tests.
	Faults run.Faults
	// Events is told of everything that happens: values of run.Event, of this
	// package and of package backfill. Nil to hear nothing.
	Events func(any)
	// Confirm is asked before a command removes something that nobody can bring
	// back, without the lease; an error of it ends the command. Nil: nobody is
	// asked.
	Confirm func(context.Context, Removal) error
	// longest and reserve, where tests set them, are the age in place of that at
	// which a transaction of others is warned of, and bytes that are taken for
	// used on every disk.
	longest time.Duration
	reserve int64
}

// Request is what a command was asked to do.
type Request struct {
	Version string   // VERSION as given; "" for the newest
	Online  bool     // `--online`: keep the bridges between two releases
	Again   bool     // `migrate NAME --again`
	Accept  []string // revisions whose changed files are accepted
	// AllowBlocking lets online work keep writers waiting, where it can be done
	// in no other way.
	AllowBlocking bool
	// VerifyRows says which rows are compared before contract removes what they
	// were moved from: compare.All (also ""), compare.Sample or compare.None.
	VerifyRows string
}

// Result is what a command did.
type Result struct {
	Before, After Position
	Report        Report   // where the database stands in the end
	Adopted       string   // the version an existing schema was recorded as; "" if none was
	Accepted      []string // applied revisions whose changed files were recorded
	Applied       []string // revisions, in order; of Downgrade, those taken back
	Migrated      []Migrated
	Compared      []Compared // rows, before contract revisions

	migrating time.Time // when the first of them began
}

// used is what the data migrations of this command used of their limits.
func (r *Result) used() backfill.Used {
	if r.migrating.IsZero() {
		r.migrating = time.Now()
	}
	u := backfill.Used{Since: r.migrating}
	for _, m := range r.Migrated {
		u.Rows += m.Rows
	}
	return u
}

// note keeps what a step that is done did.
func (r *Result) note(step plan.Step) {
	switch {
	case moves(step.Phase):
		r.Applied = append(r.Applied, step.ID)
	case step.Phase == plan.Adopt && step.Rows == nil:
		r.Accepted = append(r.Accepted, step.ID)
	}
}

// moved notes what a data migration did, and what it ended with, nil at its end.
// One that went on after its connection was lost is still one, also where a
// limit tells how much it did.
func (r *Result) moved(id string, rows int64, ended error) {
	i := slices.IndexFunc(r.Migrated, func(m Migrated) bool { return m.ID == id })
	if i < 0 && rows == 0 && ended != nil {
		return
	}
	if i < 0 {
		i, r.Migrated = len(r.Migrated), append(r.Migrated, Migrated{ID: id})
	}
	r.Migrated[i].Rows += rows
	var halted *backfill.Halted
	if errors.As(ended, &halted) {
		halted.Rows = r.Migrated[i].Rows
	}
}

// Idle reports whether there was nothing to do.
func (r Result) Idle() bool {
	return r.Adopted == "" && len(r.Accepted) == 0 && len(r.Applied) == 0 && len(r.Migrated) == 0 && equalRows(r.Before.Rows, r.After.Rows)
}

// Migrated is one data migration that ran, and how many rows it changed.
type Migrated struct {
	ID   string
	Rows int64
}

// moves reports whether the steps of a phase apply revisions or take them
// back.
func moves(p plan.Phase) bool {
	switch p {
	case plan.Trunk, plan.Expand, plan.Contract, plan.Downgrade:
		return true
	}
	return false
}

// runner is what takes the lease and runs plans. It notes in result the
// revisions that were applied or taken back.
func (s *Service) runner(result *Result) *run.Runner {
	return &run.Runner{
		DB: s.DB, Catalog: s.Catalog.Name, VersionTable: s.Catalog.VersionTable,
		Options: s.Run, Faults: s.Faults, Probe: s.probe,
		Events: func(e run.Event) {
			if done, ok := e.(run.StepDone); ok {
				result.note(done.Step)
			}
			s.tell(e)
		},
	}
}

// backfillOptions are the service's options for data migrations, with what
// follows from its catalog and its events.
func (s *Service) backfillOptions() backfill.Options {
	o := s.Batches
	o.Dir = s.Catalog.Dir
	o.Events = s.Events
	return o
}
