// Package throttle finds out whether a data migration should pause: replicas
// that lag, Galera flow control, others who wait for locks of a batch, named
// queries, the load of the server. It owns what is looked at, how often, and
// the words for it; whoever runs the batches decides when to ask and waits.
//
// It looks through sessions of its own, one a server, at most once a second
// each, and never longer than a few seconds: a server that does not answer does
// not hold anybody up. What cannot be looked at is said once and does not stop
// the work; what is wrong with the configuration does, before the first batch.
//
// A configured replica that does not answer counts as lagging, as with gh-ost:
// somebody named it because its lag matters, and it falls further behind
// meanwhile. One that nobody named and that is gone from the primary's view is
// not seen.
package throttle

import (
	"context"
	"fmt"
	"time"

	"manage/engine/database"
	"manage/engine/flavor"
)

// Options says what makes a data migration pause.
type Options struct {
	// Replicas are asked for their lag. Without any, PostgreSQL's primary is
	// asked for what it knows of its own.
	Replicas []Replica
	// MaxLag is how far behind a replica may be; 0: replicas are not looked at.
	MaxLag time.Duration
	// MaxLoad is how many sessions may be at work on the server; 0: any number.
	MaxLoad int
	// Queries are the named queries.
	Queries []Query
	// Note is told, once, of each thing that cannot be looked at; nil to hear
	// nothing.
	Note func(text string)
}

// Place is where something was configured.
type Place struct {
	File string // "" if it was in no file
	Line int    // 0 if no line is to blame
}

// Misconfigured is a setting that cannot be used, found before the first batch.
type Misconfigured struct {
	Place
	Problem, Hint string
	Err           error
}

func (e *Misconfigured) Error() string {
	switch {
	case e.File != "" && e.Line > 0:
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Problem)
	case e.File != "":
		return e.File + ": " + e.Problem
	}
	return e.Problem
}

// Unwrap returns the error of the server.
func (e *Misconfigured) Unwrap() error { return e.Err }

// interval is how often anything is looked at, at most.
const interval = time.Second

// Throttle says whether a data migration should pause. Reason is for one
// goroutine at a time; Watch is for any number.
type Throttle struct {
	options Options
	flavor  flavor.Flavor
	begun   bool // it is decided what is looked at
	primary *server
	looks   []look
	locks   *locks
	said    map[string]bool // notes that were made

	looked time.Time
	reason string
}

// look is one thing to look at: a phrase that says why to pause, or "".
type look interface {
	see(ctx context.Context) (string, error)
}

// New is the throttle of a database. It connects to nothing before it is asked.
func New(db database.DB, o Options) *Throttle {
	f := db.Flavor()
	t := &Throttle{flavor: f, options: o, said: map[string]bool{}, primary: primary(db)}
	if query := waiters(f.Dialect); query != "" {
		t.locks = newLocks(primary(db), query)
	}
	return t
}

// SetMaxLag and SetMaxLoad change what Options said, before the first question.
func (t *Throttle) SetMaxLag(d time.Duration) { t.options.MaxLag = d }

// SetMaxLoad is described at SetMaxLag.
func (t *Throttle) SetMaxLoad(sessions int) { t.options.MaxLoad = sessions }

// begin decides what is looked at.
func (t *Throttle) begin() {
	o, f := t.options, t.flavor
	switch {
	case o.MaxLag <= 0:
	case len(o.Replicas) > 0:
		t.looks = append(t.looks, newReplicas(t.primary, f.Dialect, o))
	case f.Dialect == flavor.Postgres:
		t.looks = append(t.looks, &senders{primary: t.primary, trail: &trail{}, limit: o.MaxLag, note: t.note})
	case f.Dialect.MySQLFamily():
		t.looks = append(t.looks, &unnamed{primary: t.primary, note: t.note})
	}
	if f.Galera {
		t.looks = append(t.looks, &flowControl{primary: t.primary})
	}
	for _, q := range o.Queries {
		t.looks = append(t.looks, &named{primary: t.primary, query: q})
	}
	if o.MaxLoad > 0 {
		t.looks = append(t.looks, &load{primary: t.primary, dialect: f.Dialect, limit: o.MaxLoad, note: t.note})
	}
	t.begun = true
}

// Reason is why to pause now, as one phrase; "" to go on. It looks at most once
// a second and remembers in between. An error is *Misconfigured, or that of ctx.
func (t *Throttle) Reason(ctx context.Context) (string, error) {
	if !t.begun {
		t.begin()
	}
	if time.Since(t.looked) >= interval {
		reason, err := t.look(ctx)
		if err != nil {
			return "", err
		}
		t.reason, t.looked = reason, time.Now()
	}
	if t.reason != "" {
		return t.reason, nil
	}
	return t.locks.reason(t.note), nil
}

// look looks at everything until something says to pause.
func (t *Throttle) look(ctx context.Context) (string, error) {
	for _, l := range t.looks {
		reason, err := l.see(ctx)
		switch {
		case ctx.Err() != nil:
			return "", ctx.Err()
		case isConfiguration(err):
			return "", err
		case err != nil:
			t.note(err.Error())
		case reason != "":
			return reason, nil
		}
	}
	return "", nil
}

// note says something once.
func (t *Throttle) note(text string) {
	if t.said[text] || t.options.Note == nil {
		return
	}
	t.said[text] = true
	t.options.Note(text)
}

// Close ends the sessions. It waits for none that does not answer.
func (t *Throttle) Close() {
	t.primary.close()
	t.locks.close()
	for _, l := range t.looks {
		if r, ok := l.(*replicas); ok {
			r.close()
		}
	}
}
