package run

import (
	"time"

	"manage/engine/ledger"
	"manage/engine/plan"
)

// Event is something that happened during a run: one of the types of this
// file.
type Event interface{ event() }

// Waiting says that somebody else has the lease. It comes at first, when he
// does something else, and every ten seconds.
type Waiting struct {
	Lease *ledger.Lease // nil if the database is locked and cannot be read
	Since time.Time     // when the waiting began
	// Stopped is the id of the holder's process if that is stopped, on this
	// machine; 0 otherwise.
	Stopped int
}

// TookOver says that a lease was taken from its holder, because it had expired
// or because he is dead, and whether his session on the server was ended.
type TookOver struct {
	From  ledger.Lease
	Dead  bool
	Ended bool
}

// HeartbeatFailed says that the lease could not be extended; it is tried again.
type HeartbeatFailed struct{ Err error }

// StepStarted comes before the first statement of a step.
type StepStarted struct {
	Step        plan.Step
	Index, Of   int // of the plan's steps, Index from 0
	ResumedFrom int // statements of the step that earlier attempts left done
}

// StatementStarted comes before a statement is sent.
type StatementStarted struct {
	Step      string
	Statement plan.Statement
	Index, Of int // of the step's statements, Index from 0
}

// StatementDone comes when a statement came back without an error.
type StatementDone struct {
	Step      string
	Statement plan.Statement
	Index, Of int
	Took      time.Duration
	Affected  int64 // rows; -1 if the server does not say
}

// StepDone comes when a step is recorded as done.
type StepDone struct {
	Step      plan.Step
	Index, Of int
	Took      time.Duration
}

// Retrying says that a lock was not to be had, and when it is tried again.
type Retrying struct {
	Step    string
	Attempt int // the one that failed, from 1
	Of      int
	Pause   time.Duration
	Err     error
	// Blockers are who was in the way, where the server tells.
	Blockers []Blocker
}

// Settling says what a look at the schema, or somebody who has looked, told
// about a statement whose outcome was not known.
type Settling struct {
	Step      string
	Statement plan.Statement
	Outcome   Outcome
	Told      bool // by somebody
}

func (Waiting) event()          {}
func (TookOver) event()         {}
func (HeartbeatFailed) event()  {}
func (StepStarted) event()      {}
func (StatementStarted) event() {}
func (StatementDone) event()    {}
func (StepDone) event()         {}
func (Retrying) event()         {}
func (Settling) event()         {}
