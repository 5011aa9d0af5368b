package throttle

import (
	"context"
	"fmt"
	"time"

	"manage/engine/database"
)

// flowControl looks whether a Galera cluster holds its writers up because a
// node cannot follow. It is the cluster's: each node counts it.
type flowControl struct {
	primary *server
	at      time.Time
	paused  time.Duration // in all, at that time
}

// tolerated is the share of the time that may be held up: a busy cluster does
// that for moments.
const tolerated = 0.1

// moment is how long the first look compares: without it, a batch would begin
// in a cluster that takes no writes, and hang.
const moment = 100 * time.Millisecond

func (l *flowControl) see(ctx context.Context) (string, error) {
	first := l.at.IsZero()
	active, err := l.look(ctx)
	if first && err == nil && !active {
		time.Sleep(moment)
		active, err = l.look(ctx)
	}
	if active {
		return "Galera flow control is active: a node of the cluster cannot follow", nil
	}
	return "", err
}

// look asks the server once.
func (l *flowControl) look(ctx context.Context) (bool, error) {
	st, err := ask(ctx, l.primary, func(ctx context.Context, s database.Session) (row, error) {
		return status(ctx, s, "'wsrep_flow_control_paused_ns', 'wsrep_flow_control_active'")
	})
	if err != nil {
		return false, fmt.Errorf("the flow control of Galera is not known: %w", err)
	}
	return l.active(time.Now(), st), nil
}

// active judges the status at a time, and remembers it.
func (l *flowControl) active(now time.Time, st row) bool {
	paused := time.Duration(st.whole("wsrep_flow_control_paused_ns"))
	took, grew := now.Sub(l.at), paused-l.paused
	first := l.at.IsZero()
	l.at, l.paused = now, paused
	return st["wsrep_flow_control_active"] == "true" || !first && float64(grew) > tolerated*float64(took)
}
