package view

import (
	"cmp"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"manage/engine/plan"
	"manage/engine/revision"
	"manage/engine/run"
	"manage/phases"
	"manage/phases/backfill"
	"manage/phases/backfill/compare"
	"manage/phases/purge"
)

// ServiceLog tells of a run in the log, as the services' own tools do: at INFO
// a line for each revision, "from -> to".
type ServiceLog struct {
	Log   *slog.Logger
	Graph *revision.Graph

	once sync.Once
	rows *Progress // of the data migration at work
}

// Close ends what is told of a data migration.
func (s *ServiceLog) Close() { s.moving().Close() }

// moving tells how far a data migration is, and why it pauses, every ten seconds
// at most.
func (s *ServiceLog) moving() *Progress {
	s.once.Do(func() {
		s.rows = &Progress{Out: logLines{s.Log}, Log: slog.New(slog.DiscardHandler), Now: time.Now, Tick: time.Second}
	})
	return s.rows
}

// logLines logs each line that is written to it.
type logLines struct{ log *slog.Logger }

// Write implements io.Writer.
func (w logLines) Write(line []byte) (int, error) {
	w.log.Info(strings.TrimSuffix(string(line), "\n"))
	return len(line), nil
}

// Event logs one event of a run.
func (s *ServiceLog) Event(e any) {
	switch e := e.(type) {
	case run.StepStarted:
		s.started(e.Step)
	case run.StatementStarted:
		s.Log.Debug(e.Statement.SQL)
	case run.Waiting:
		s.Log.Warn(waiting(e, time.Now()))
	case run.TookOver:
		s.Log.Warn(tookOver(e))
	case backfill.Batched, backfill.Paused, compare.Compared:
		s.moving().Event(e)
	case phases.Moved, purge.Deleted:
		s.moving().Close()
	case run.Retrying:
		s.Log.Warn(fmt.Sprintf("%s waits for a lock, again in %s", cmp.Or(e.Step, "This"), e.Pause.Round(time.Millisecond)))
		for _, b := range e.Blockers {
			s.Log.Warn(BlockedBy(b))
		}
	case phases.Warned:
		s.Log.Warn(e.Text)
	case purge.Sweeping:
		s.Log.Info(fmt.Sprintf("Purging rows of %s that were deleted before %s", e.Table, e.Before.Format(time.DateTime)))
	case purge.Swept:
		s.Log.Info(fmt.Sprintf("Deleted %d row(s) from table %s", e.Rows, e.Table))
	case run.HeartbeatFailed:
		s.Log.Warn("The lease could not be extended", "error", e.Err)
	default:
		s.metadefs(e)
	}
}

func (s *ServiceLog) started(step plan.Step) {
	switch step.Phase {
	case plan.Trunk, plan.Expand, plan.Contract:
		r, _ := s.Graph.Revision(step.ID)
		s.Log.Info("Running upgrade " + moved(r.Parent, step.ID, step.Message))
	case plan.Downgrade:
		r, _ := s.Graph.Revision(step.ID)
		s.Log.Info("Running downgrade " + moved(step.ID, r.Parent, step.Message))
	case plan.Create:
		s.Log.Info("Making the newest schema, " + joined(step.Rows))
	case plan.Migrate:
		s.Log.Info("Running data migration " + step.ID)
	case plan.Adopt:
		s.Log.Info(recording(step))
	}
}

// moved is a step from one revision to another, with what it does if that is
// said.
func moved(from, to, message string) string {
	if message == "" {
		return from + " -> " + to
	}
	return fmt.Sprintf("%s -> %s, %s", from, to, message)
}

// recording is what a step that runs nothing writes down.
func recording(step plan.Step) string {
	switch {
	case step.Rows == nil:
		return "Accepting the changed file of " + step.ID
	case len(step.Rows) == 0:
		return "Forgetting the version of the database"
	}
	return "Recording that the database is at " + joined(step.Rows)
}
