package view

import (
	"fmt"
	"log/slog"
	"time"

	"manage/engine/plan"
	"manage/engine/revision"
	"manage/engine/run"
	"manage/phases/purge"
)

// ServiceLog tells of a run in the log, as the services' own tools do: at INFO
// a line for each revision, "from -> to".
type ServiceLog struct {
	Log   *slog.Logger
	Graph *revision.Graph
}

// Close is for tellers that leave a line open.
func (s *ServiceLog) Close() {}

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
		s.Log.Warn("Took over from " + e.From.Holder + ", whose lease ran out")
	case run.Retrying:
		s.Log.Warn(fmt.Sprintf("%s waits for a lock, again in %s", e.Step, e.Pause.Round(time.Millisecond)))
	case purge.Sweeping:
		s.Log.Info(fmt.Sprintf("Purging rows of %s that were deleted before %s", e.Table, e.Before.Format(time.DateTime)))
	case purge.Swept:
		s.Log.Info(fmt.Sprintf("Deleted %d row(s) from table %s", e.Rows, e.Table))
	case run.HeartbeatFailed:
		s.Log.Warn("The lease could not be extended", "error", e.Err)
	}
}

func (s *ServiceLog) started(step plan.Step) {
	switch step.Phase {
	case plan.Trunk, plan.Expand, plan.Contract:
		r, _ := s.Graph.Revision(step.ID)
		s.Log.Info(fmt.Sprintf("Running upgrade %s -> %s, %s", r.Parent, step.ID, step.Message))
	case plan.Migrate:
		s.Log.Info("Running data migration " + step.ID)
	case plan.Adopt:
		s.Log.Info("Taking the database over at " + step.ID)
	}
}
