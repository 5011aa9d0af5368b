package backfill

import (
	"time"

	"manage/engine/flavor"
)

// What others get on SQLite, where one writer keeps all others out: a gap, each
// time that the work has lasted so long. A waiting writer looks again after
// pauses that grow to 25 ms within the first tenth of a second (SQLite's busy
// handler), so that it cannot miss one.
const (
	gapEvery = 100 * time.Millisecond
	gapFor   = 27 * time.Millisecond
)

// gaps says how long the database is left to others after a batch.
type gaps struct {
	busy time.Duration // worked since the last gap
}

// after is the gap behind a batch that took a while and that wrote rows or only
// read them. On a Galera cluster it is as long as the batch: the other nodes
// apply it at a point of its own among their writes, and end those that hold a
// row of it just then. The longer the way over a table takes, the fewer they are.
func (g *gaps) after(took time.Duration, f flavor.Flavor, wrote bool) time.Duration {
	switch {
	case f.Galera && wrote:
		return took
	case !alone(f.Dialect):
		return 0
	}
	if g.busy += took; g.busy < gapEvery*3/4 {
		return 0
	}
	g.busy = 0
	return gapFor
}
