// Package run executes plans. It owns the one place where work on a database
// can be interrupted: the lease that lets one runner work at a time, the
// journal around every statement, retries, lock timeouts, the fault points
// that tests break. It decides nothing that the plan has decided, and it prints
// nothing: what happens is told as events, what goes wrong as typed errors.
package run

import (
	"fmt"
	"os"
	"os/user"
	"time"

	"manage/engine/database"
	"manage/engine/ledger"
)

// Runner says on what database, and how, plans are executed. It is a value to
// fill in; Acquire starts the work.
type Runner struct {
	DB           database.DB
	Catalog      string
	VersionTable string
	// Events, if set, is told what happens, one event at a time, also from a
	// goroutine of the runner's own.
	Events func(Event)
	// Faults, if set, is asked at every point where a run can break.
	Faults Faults
	// Probe settles whether a statement of unknown outcome took effect. If it
	// is nil, none can be settled.
	Probe   Probe
	Options Options

	// store makes the books of a session; nil for SQL. Tests replace it.
	store func(database.Session) ledger.Store
}

// Options are the numbers and names of a run. The zero value means the
// defaults of each field.
type Options struct {
	// LockTimeout is how long a statement waits for a lock (3 s), and
	// LockRetries how often it is tried again after that (20; negative: never).
	LockTimeout time.Duration
	LockRetries int
	// LeaseTTL is how long the lease lasts after the last sign of life (30 s).
	// A third of it is the time between two heartbeats.
	LeaseTTL time.Duration
	// Wait is how long to wait for another holder after his last sign of life
	// (5 min; negative: not at all).
	Wait time.Duration
	// Resolve is what somebody who has looked says of the one statement whose
	// outcome no look at the schema tells; Unsettled if nobody does. It counts
	// once.
	Resolve Outcome
	// Abort, once it is closed, ends the session that works, and with it the
	// statement in hand: the context alone lets that finish. Nil: never.
	Abort <-chan struct{}
	// Holder names who works, for the lease and the journal (user@host, pid).
	Holder string
}

// The defaults of Options.
const (
	DefaultLockTimeout = 3 * time.Second
	DefaultLockRetries = 20
	DefaultWait        = 5 * time.Minute
)

// complete fills in the defaults.
func (o Options) complete() Options {
	if o.LockTimeout == 0 {
		o.LockTimeout = DefaultLockTimeout
	}
	switch {
	case o.LockRetries == 0:
		o.LockRetries = DefaultLockRetries
	case o.LockRetries < 0:
		o.LockRetries = 0
	}
	if o.LeaseTTL <= 0 {
		o.LeaseTTL = ledger.DefaultTTL
	}
	if o.Wait == 0 {
		o.Wait = DefaultWait
	}
	if o.Holder == "" {
		o.Holder = Who("")
	}
	return o
}

// Who names this process for the lease and the journal: user@host, the process
// id, and program if it is not empty ("manage 1.2").
func Who(program string) string {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	who := fmt.Sprintf("%s@%s, pid %d", name, host, os.Getpid())
	if program != "" {
		who += ", " + program
	}
	return who
}

// books makes the store that works through s.
func (r *Runner) books(s database.Session) ledger.Store {
	if r.store != nil {
		return r.store(s)
	}
	return ledger.NewSQL(s, r.Catalog, r.VersionTable)
}
