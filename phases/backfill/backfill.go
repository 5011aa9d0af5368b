// Package backfill runs data migrations: it cuts them into batches, each in a
// transaction of its own with the position it reached, so that a kill repeats
// and loses nothing. Whether a migration is due, and when its turn is, is for
// package phases.
package backfill

import (
	"context"
	"fmt"
	"time"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/migrations/catalog"
)

// Options says how data migrations are cut.
type Options struct {
	// Time is how long a batch should take; 0 for 100 ms.
	Time time.Duration
	// Workers is how many sessions work at once, each on key ranges of its own;
	// 0 and 1 are one, as is any number on SQLite.
	Workers int
	// MaxRows and MaxTime end the work with a *Halted when so many rows were
	// changed, or so long was worked; 0 for no limit. Used is what was used of
	// them before, by other data migrations of the same command.
	MaxRows int64
	MaxTime time.Duration
	Used    Used
	// Pause is waited between two batches.
	Pause time.Duration
	// Throttle says when to wait; nil for never.
	Throttle Throttle
	// Connection is the URL, with its password, that programs are given.
	Connection string
	// Dir is the directory that programs are relative to.
	Dir string
	// Environ is the environment of the command, from which programs get what
	// they may see; nil for that of the process.
	Environ []string
	// NoPrograms keeps programs from being started to be asked only.
	NoPrograms bool
	// Hooks are the Go data migrations by name.
	Hooks map[string]Hook
	// Events is told of each batch (a Batched value); nil to hear nothing.
	Events func(any)
	// fixed is how many rows a batch spans, for tests; 0 to adapt.
	fixed int

	// Stderr takes what programs write to their standard error, line by line.
	Stderr func(line string)
}

// target is how long a batch should take.
func (o Options) target() time.Duration {
	if o.Time <= 0 {
		return 100 * time.Millisecond
	}
	return o.Time
}

// Batch is what one batch did.
type Batch struct {
	Rows     int64  // rows changed
	Position string // where the next batch begins
	Done     bool   // there is no next batch
}

// Batched is the event after a batch.
type Batched struct {
	Migration string
	Rows      int64 // in all, with those of earlier runs
	Estimate  int64 // rows there were when it began; 0 if unknown
	Started   time.Time
	Took      time.Duration // the last batch
	Size      int64         // rows that a batch spans now; 0 if unknown
	Speed     float64       // rows per second of late, in this run; 0 while unknown
}

// MissingHook is a data migration whose Go function this program does not
// have.
type MissingHook struct{ Migration, Hook string }

func (e *MissingHook) Error() string {
	return fmt.Sprintf("%s is done by the Go function %s, which this program does not have: run it with the service's own program", e.Migration, e.Hook)
}

// source is one kind of data migration: declarative steps, a program, a hook.
type source interface {
	pending(ctx context.Context, sess database.Session) (found bool, estimate int64, err error)
	batch(ctx context.Context, sess database.Session, position string) (Batch, error)
	close() error
}

// outside is a source whose batches are done in no transaction of ours, and
// asked for until the channel is closed: then the lease is lost.
type outside interface {
	until(lost <-chan struct{})
}

// open starts the kind of data migration that m is.
func open(ctx context.Context, m *catalog.Migration, f flavor.Flavor, o Options) (source, error) {
	switch {
	case len(m.Program) > 0:
		return startProgram(m, f, o)
	case m.Hook != "":
		h, ok := o.Hooks[m.Hook]
		if !ok {
			return nil, &MissingHook{Migration: m.ID, Hook: m.Hook}
		}
		return &hooked{migration: m.ID, name: m.Hook, hook: h, target: o.target()}, nil
	}
	return newSteps(m, f, o), nil
}

// Pending asks a migration that has no pending query, a program's or a hook's,
// whether it has anything to do.
func Pending(ctx context.Context, db database.DB, m *catalog.Migration, o Options) (bool, error) {
	src, err := open(ctx, m, db.Flavor(), o)
	if err != nil {
		return false, err
	}
	defer src.close()
	sess, err := db.Session(ctx)
	if err != nil {
		return false, err
	}
	defer sess.Close()
	found, _, err := src.pending(ctx, sess)
	return found, err
}
