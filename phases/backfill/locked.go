package backfill

import (
	"context"
	"time"

	"manage/engine/run"
)

// tolerable is how many times a batch may not get its locks before that is
// written down: most get them the next time.
const tolerable = 2

// locked is told that a batch did not get its locks, before it is tried again.
// It ends the tries at a limit of time, and writes down what is waited for, which
// the batch takes back: not on SQLite, where nobody can write then, nor of one of
// several workers, as the others go on.
func (l *lane) locked(ctx context.Context, e run.Retrying) error {
	reason := "others hold a lock that it needs"
	if len(e.Blockers) > 0 {
		reason += ": " + e.Blockers[0].String()
	}
	if err := l.halted(reason); err != nil {
		return err
	}
	again := e.Attempt > tolerable+1 && time.Since(l.told) < noteEvery
	if e.Attempt <= tolerable || again || l.workers() > 1 || alone(l.held.Session().Flavor().Dialect) {
		return nil
	}
	l.told = time.Now()
	l.held.OnRetry(nil)
	defer l.held.OnRetry(l.locked)
	// What fails here fails in the batch too, and with better words.
	_ = l.note(ctx, reason)
	return nil
}
