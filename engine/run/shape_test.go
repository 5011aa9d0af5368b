package run_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/engine/run"
)

// fake is a database whose only session notes what it is told, and whose
// transactions undo what is written to the books in memory.
type fake struct {
	f       flavor.Flavor
	books   *ledger.Memory
	restore func()
	log     []string
	fail    map[string]error // by statement
}

func newFake(d flavor.Dialect) *fake {
	return &fake{f: flavor.Default(d), books: ledger.NewMemory(), fail: map[string]error{}}
}

func (d *fake) runner() *run.Runner {
	r := &run.Runner{DB: d, Catalog: "c", VersionTable: "v"}
	r.SetStore(func(database.Session) ledger.Store { return noted{d.books, d} })
	return r
}

func (d *fake) Flavor() flavor.Flavor                                { return d.f }
func (d *fake) Schema() string                                       { return "" }
func (d *fake) Reader(ctx context.Context) (database.Session, error) { return d.Session(ctx) }
func (d *fake) Missing() bool                                        { return false }
func (d *fake) String() string                                       { return "fake" }
func (d *fake) Session(context.Context) (database.Session, error)    { return d, nil }
func (d *fake) Close() error                                         { return nil }
func (d *fake) InTransaction() bool                                  { return d.restore != nil }
func (d *fake) Port() int                                            { return 0 }
func (d *fake) ServerID() string                                     { return "" }
func (d *fake) LazyCommit(context.Context) error                     { return nil }
func (d *fake) SetLockTimeout(context.Context, time.Duration) error  { return nil }
func (d *fake) OwnNeedsTransaction() bool                            { return false }
func (d *fake) Reset(context.Context, func(context.Context) error) error {
	d.log = append(d.log, "reset")
	return nil
}
func (d *fake) Own(context.Context) (func(context.Context) error, error) {
	d.log = append(d.log, "own")
	return func(context.Context) error { d.log = append(d.log, "theirs"); return nil }, nil
}
func (d *fake) QuoteIdent(name string) string   { return name }
func (d *fake) QuoteLiteral(text string) string { return text }
func (d *fake) QueryContext(context.Context, string, ...any) (*sql.Rows, error) {
	return nil, errors.New("there is nothing to query")
}

func (d *fake) ExecContext(_ context.Context, query string, _ ...any) (sql.Result, error) {
	d.log = append(d.log, query)
	return driver.RowsAffected(1), d.fail[query]
}

func (d *fake) Begin(context.Context) error {
	d.log, d.restore = append(d.log, "begin"), d.books.Snapshot()
	return nil
}

func (d *fake) Commit(context.Context) error {
	d.log, d.restore = append(d.log, "commit"), nil
	return nil
}

func (d *fake) Rollback(context.Context) error {
	d.restore()
	d.log, d.restore = append(d.log, "rollback"), nil
	return nil
}

// noted is the books, whose writes are noted between the statements.
type noted struct {
	*ledger.Memory
	d *fake
}

func (n noted) Start(ctx context.Context, token int64, a ledger.Attempt) (int64, error) {
	n.d.log = append(n.d.log, "start")
	return n.Memory.Start(ctx, token, a)
}

func (n noted) Mark(ctx context.Context, token, id int64, done int, sent plan.Position) error {
	n.d.log = append(n.d.log, "mark")
	return n.Memory.Mark(ctx, token, id, done, sent)
}

func (n noted) Finish(ctx context.Context, token, id int64, done int, cause error) error {
	n.d.log = append(n.d.log, "finish")
	return n.Memory.Finish(ctx, token, id, done, cause)
}

func (n noted) Complete(ctx context.Context, token int64, c ledger.Completion) (int64, error) {
	n.d.log = append(n.d.log, "complete")
	return n.Memory.Complete(ctx, token, c)
}

// shaped is a step whose statements are named by words: d… changes rows, n…
// refuses a transaction.
func shaped(transaction bool, words string) plan.Plan {
	all := statements(strings.Fields(words)...)
	for i, st := range all {
		all[i].Data = st.SQL[0] == 'd'
		all[i].NoTransaction = st.SQL[0] == 'n'
		all[i].Effect = &plan.Effect{Kind: plan.KindTable, Name: st.SQL, Present: true}
	}
	return plan.Plan{Steps: []plan.Step{{ID: "r", Phase: plan.Expand, Direction: plan.Up, Checksum: "x",
		Transaction: transaction, Statements: all, Rows: []string{"r"}}}}
}

// What a step's statements share with the books depends on their kind and on
// the server.
func TestShapes(t *testing.T) {
	tests := []struct {
		name        string
		dialect     flavor.Dialect
		transaction bool
		statements  string
		want        string
	}{
		{"one transaction", flavor.Postgres, true, "s1 d2 s3", "begin s1 d2 s3 complete commit"},
		{"no statements", flavor.Postgres, true, "", "begin complete commit"},
		{"around one that refuses it", flavor.Postgres, true, "s1 s2 n3 s4", "start begin s1 s2 mark commit n3 mark begin s4 complete commit"},
		{"one that refuses it alone", flavor.Postgres, true, "n1", "start n1 complete"},
		{"each on its own", flavor.SQLite, false, "s1 d2 s3", "start s1 mark begin d2 mark commit s3 complete"},
		{"DDL that commits", flavor.MariaDB, true, "s1 s2", "start s1 mark s2 complete"},
		{"rows between DDL that commits", flavor.MySQL, false, "d1 s2 d3", "start begin d1 mark commit s2 mark begin d3 complete commit"},
		{"rows alone", flavor.MySQL, true, "d1 d2", "begin d1 d2 complete commit"},
		{"no statements where DDL commits", flavor.MySQL, false, "", "begin complete commit"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := newFake(test.dialect)
			h, err := d.runner().Acquire(t.Context(), "sync")
			must(t, err)
			d.log = nil
			must(t, h.Execute(t.Context(), shaped(test.transaction, test.statements), nil))
			equal(t, "what was done", strings.Join(d.log, " "), test.want)
			rows, _, err := d.books.Rows(t.Context())
			must(t, err)
			equal(t, "version rows", rows, []string{"r"})
			must(t, h.Release(t.Context()))
		})
	}
}

// A failed statement is recorded, what was committed before it stays, and the
// next run goes on with it.
func TestShapesOfFailure(t *testing.T) {
	boom := &database.Error{Class: database.Syntax, Message: "boom"}
	lost := &database.Error{Class: database.ConnectionLost, Message: "gone"}
	tests := []struct {
		name       string
		dialect    flavor.Dialect
		statements string
		fails      string
		err        error
		want       string
		next       string // what the next run does
	}{
		{"rolled back", flavor.Postgres, "s1 s2", "s2", boom, "begin s1 s2 rollback start finish", "begin s1 s2 complete commit"},
		{"first of two transactions", flavor.Postgres, "s1 n2 s3", "s1", boom, "start begin s1 rollback finish", "start begin s1 mark commit n2 mark begin s3 complete commit"},
		{"second of two transactions", flavor.Postgres, "s1 n2 s3", "s3", boom, "start begin s1 mark commit n2 mark begin s3 rollback finish", "begin s3 complete commit"},
		{"second of three", flavor.MariaDB, "s1 s2 s3", "s2", boom, "start s1 mark s2 finish", "start s2 mark s3 complete"},
		{"rows", flavor.MariaDB, "s1 d2 s3", "d2", boom, "start s1 mark begin d2 rollback finish", "start begin d2 mark commit s3 complete"},
		{"rows, connection lost", flavor.MariaDB, "s1 d2 s3", "d2", lost, "start s1 mark begin d2 rollback", "start begin d2 mark commit s3 complete"},
		{"connection lost, not applied", flavor.MariaDB, "s1 s2 s3", "s2", lost, "start s1 mark s2", "start s2 mark s3 complete"},
		{"connection lost, applied", flavor.MariaDB, "s1 s2 there", "there", lost, "start s1 mark s2 mark there", "begin complete commit"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := newFake(test.dialect)
			d.fail[test.fails] = test.err
			r := d.runner()
			r.Probe = func(_ context.Context, _ database.Session, e plan.Effect) (run.Settled, error) {
				if e.Name == "there" {
					return run.Settled{Outcome: run.Applied}, nil
				}
				return run.Settled{Outcome: run.NotApplied}, nil
			}
			h, err := r.Acquire(t.Context(), "sync")
			must(t, err)
			for _, want := range []string{test.want, test.next} {
				attempts, err := h.Attempts(t.Context())
				must(t, err)
				d.log = nil
				err = h.Execute(t.Context(), shaped(test.dialect == flavor.Postgres, test.statements), run.Unfinished(attempts))
				equal(t, "what was done", strings.Join(d.log, " "), want)
				if failing := d.fail[test.fails] != nil; failing != (err != nil) || failing && !errors.Is(err, test.err) {
					t.Fatalf("error %v", err)
				}
				var unknown *run.OutcomeUnknown
				inFlight := test.err == error(lost) && !slices.Contains(strings.Fields(test.want), "rollback")
				equal(t, "outcome unknown", errors.As(err, &unknown), err != nil && inFlight)
				delete(d.fail, test.fails)
			}
			rows, _, err := d.books.Rows(t.Context())
			must(t, err)
			equal(t, "version rows", rows, []string{"r"})
			must(t, h.Release(t.Context()))
		})
	}
}

// A step with its own transaction is announced when the one before it is
// completed, if it could be sent without one.
func TestAnnouncedByTheStepBefore(t *testing.T) {
	d := newFake(flavor.MariaDB)
	p := shaped(false, "s1")
	for _, words := range []string{"s2 s3", "d4", "s5"} {
		p.Steps = append(p.Steps, shaped(false, words).Steps...)
	}
	for i, id := range []string{"a", "b", "c", "d"} {
		p.Steps[i].ID = id
	}
	h, err := d.runner().Acquire(t.Context(), "sync")
	must(t, err)
	d.log = nil
	must(t, h.Execute(t.Context(), p, nil))
	equal(t, "what was done", strings.Join(d.log, " "), "start s1 complete s2 mark s3 complete begin d4 complete commit start s5 complete")
	attempts, err := h.Attempts(t.Context())
	must(t, err)
	for _, a := range attempts {
		equal(t, "succeeded: "+a.Revision, a.Succeeded(), true)
	}
	must(t, h.Release(t.Context()))
}

// A command stopped before the step that was announced says in the journal
// that it was never sent.
func TestInterruptedAfterAnnouncement(t *testing.T) {
	d := newFake(flavor.MariaDB)
	p := shaped(false, "s1")
	p.Steps = append(p.Steps, shaped(false, "s2").Steps...)
	p.Steps[1].ID = "second"
	ctx, cancel := context.WithCancel(t.Context())
	r := d.runner()
	r.Events = func(e run.Event) {
		if _, ok := e.(run.StepDone); ok {
			cancel()
		}
	}
	h, err := r.Acquire(ctx, "sync")
	must(t, err)
	var stopped *run.Interrupted
	if err := h.Execute(ctx, p, nil); !errors.As(err, &stopped) || stopped.Next != "second" || !stopped.Began {
		t.Fatalf("error %v", err)
	}
	// A further plan under the same lease is not the beginning either.
	if err := h.Execute(ctx, p, nil); !errors.As(err, &stopped) || stopped.Next != "r" || !stopped.Began {
		t.Fatalf("error %v", err)
	}
	attempts, err := h.Attempts(t.Context())
	must(t, err)
	if last := attempts[1]; !last.Confirmed || last.Succeeded() || last.Finished == nil {
		t.Errorf("journal %+v", last)
	}
	equal(t, "unfinished", len(run.Unfinished(attempts)), 0)
	must(t, h.Release(ctx))
}

// A command stopped while it waits for a lock says that what wanted it was not
// done, and whether anything was before.
func TestInterruptedWaitingForLock(t *testing.T) {
	for _, tt := range []struct {
		fails string
		began bool
		at    int
	}{{"s1", false, 0}, {"s2", true, 1}} {
		d := newFake(flavor.MariaDB)
		d.fail[tt.fails] = &database.Error{Class: database.LockTimeout}
		ctx, cancel := context.WithCancel(t.Context())
		r := d.runner()
		r.Events = func(e run.Event) {
			if _, ok := e.(run.Retrying); ok {
				cancel()
			}
		}
		h, err := r.Acquire(ctx, "sync")
		must(t, err)
		var stopped *run.Interrupted
		if err := h.Execute(ctx, shaped(false, "s1 s2"), nil); !errors.As(err, &stopped) {
			t.Fatalf("error %v", err)
		}
		equal(t, "interrupted", *stopped, run.Interrupted{Next: "r", Statement: tt.at, Began: tt.began, Waited: true})
		must(t, h.Release(ctx))
	}
}

// The statement that a former holder left at work, and that kept the next
// runner's from its lock, counts as done once its effect is there.
func TestSameStatementWasInTheWay(t *testing.T) {
	d := newFake(flavor.MariaDB)
	d.fail["s1"] = &database.Error{Class: database.LockTimeout}
	r := d.runner()
	r.Probe = func(context.Context, database.Session, plan.Effect) (run.Settled, error) {
		return run.Settled{Outcome: run.Applied}, nil
	}
	h, err := r.Acquire(t.Context(), "sync")
	must(t, err)
	d.log = nil
	must(t, h.Execute(t.Context(), shaped(false, "s1 s2"), nil))
	equal(t, "what was done", strings.Join(d.log, " "), "start s1 mark s2 complete")
	must(t, h.Release(t.Context()))
}
