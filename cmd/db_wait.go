package cmd

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"manage/cmd/view"
	"manage/engine/database"
	"manage/engine/revision"
	"manage/phases"
)

// waitCommand is `manage db wait`.
type waitCommand struct {
	For     string         `required:"" enum:"expanded,migrated,current" placeholder:"STAGE" help:"The stage to wait for: expanded, migrated or current."`
	Timeout *time.Duration `placeholder:"TIME" help:"How long to wait, such as 10m; without an end if it is left out."`
}

// Doc is what the help says of wait.
func (*waitCommand) Doc() Doc {
	return Doc{
		Does: "Waits until the database has reached a stage, or has passed it, for services that must not start " +
			"before: expanded (all that the new release needs is there), migrated (no rows are left to be moved), current " +
			"(nothing is left to be done). It waits also for a server that does not answer yet and for a database that is " +
			"yet to be made. When the time is up it says at which stage the database stands, and ends with 8. " + programsNotAsked,
		Writes:   writesNothing,
		Exits:    readExits(ExitRefused, ExitPartly),
		Examples: []string{"db wait --for expanded", "db wait --for current --timeout 10m"},
	}
}

// look opens the database, asks where it stands and closes it again.
type look func(ctx context.Context) (phases.Report, error)

// Run waits.
func (c *waitCommand) Run(ctx context.Context, at look, log *slog.Logger, p *view.Page) error {
	began := time.Now()
	bounded, cancel := ctx, context.CancelFunc(func() {})
	if c.Timeout != nil {
		bounded, cancel = context.WithTimeout(ctx, max(*c.Timeout, time.Millisecond))
	}
	defer cancel()
	w := waiter{goal: c.For, at: at, log: log, polite: c.Timeout == nil || *c.Timeout > 0}
	r, reached, err := w.wait(ctx, bounded)
	if err != nil {
		return err
	}
	if err := view.Wait(p, c.For, r, reached, time.Since(began)); err != nil || reached {
		return err
	}
	return exitCode(ExitPartly)
}

// The pauses between two looks: short at first, as what is waited for is often
// just about to come.
const (
	firstLook = 100 * time.Millisecond
	lastLook  = 2 * time.Second
	lookLimit = 15 * time.Second // for one look
)

// waiter waits for a stage.
type waiter struct {
	goal   string
	at     look
	log    *slog.Logger
	polite bool // false: one look
	told   string
}

// wait looks until the goal is reached, or bounded ends before ctx does. The
// report is nil if the database was never seen.
func (w *waiter) wait(ctx, bounded context.Context) (*phases.Report, bool, error) {
	var seen *phases.Report
	for pause := firstLook; ; pause = min(pause*3/2, lastLook) {
		// A look that has begun may end, unless the server swallows it.
		once, cancel := context.WithTimeout(ctx, lookLimit)
		r, err := w.at(once)
		cut := once.Err() != nil && ctx.Err() == nil
		cancel()
		switch {
		case err == nil:
			seen = &r
			if len(r.Position.Unknown) > 0 {
				return seen, false, &phases.Ahead{Unknown: r.Position.Unknown, Newest: newestOf(r)}
			}
			if reached(r, w.goal) {
				return seen, true, nil
			}
			w.tell("the database is at this stage, and is waited for", "stage", string(r.Stage), "for", w.goal)
		case !cut && !comes(err):
			return seen, false, err
		default:
			w.tell("the database cannot be read yet, and is waited for", "error", err.Error(), "for", w.goal)
		}
		if !w.polite {
			return seen, false, nil
		}
		select {
		case <-ctx.Done():
			return seen, false, ctx.Err()
		case <-bounded.Done():
			return seen, false, nil
		case <-time.After(pause):
		}
	}
}

// tell says something that has not just been said, to one who waits.
func (w *waiter) tell(text string, values ...any) {
	if key := text + values[1].(string); w.polite && key != w.told {
		w.told = key
		w.log.Warn(text, values...)
	}
}

// comes reports whether what failed may be there later: the server, the
// database, or a table that is just being made or rebuilt.
func comes(err error) bool {
	var e *database.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Class {
	case database.Unreachable, database.NoDatabase, database.ConnectionLost, database.LockTimeout, database.Deadlock,
		database.MissingTable, database.MissingColumn:
		return true
	}
	return false
}

// reached reports whether a stage is reached or passed.
func reached(r phases.Report, goal string) bool {
	switch r.Stage {
	case revision.Current:
		return true
	case revision.Migrated:
		return goal == "expanded" || goal == "migrated"
	case revision.Expanded:
		return goal == "expanded"
	case revision.Contracting:
		return goal == "expanded" || goal == "migrated" && len(r.Due) == 0
	}
	return false
}

// newestOf are the newest revisions that a report knows.
func newestOf(r phases.Report) []string {
	var all []string
	for _, id := range []string{r.Heads.Trunk, r.Heads.Expand, r.Heads.Contract} {
		if id != "" {
			all = append(all, id)
		}
	}
	return all
}
