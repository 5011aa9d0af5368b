package cmd

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

// latch is set once the work has begun: from then on a statement may be under
// way. It is set by whichever goroutine sees the reason.
type latch struct {
	atomic.Bool
	// changed is set once something has been changed and recorded.
	changed atomic.Bool
	// aborted is closed by the second signal.
	aborted chan struct{}
}

// isAborted reports whether the second signal has come.
func (l *latch) isAborted() bool {
	select {
	case <-l.aborted:
		return true
	default:
		return false
	}
}

// interruptible runs work with a context that the first SIGINT or SIGTERM
// ends, so that it stops behind the statement in hand. The second signal ends
// that statement too, and waits for it no longer than abortWait.
func interruptible(work func(ctx context.Context, began *latch) int) int {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	defer signal.Stop(signals)
	return untilSecond(signals, abortWait, work)
}

// abortWait is how long a server may take to end a statement.
const abortWait = 5 * time.Second

// untilSecond is interruptible with the signals as they come.
func untilSecond(signals <-chan os.Signal, patience time.Duration, work func(ctx context.Context, began *latch) int) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	began, done := &latch{aborted: make(chan struct{})}, make(chan int, 1)
	go func() { done <- work(ctx, began) }()
	select {
	case code := <-done:
		return code
	case <-signals:
		cancel()
	}
	select {
	case code := <-done:
		return code
	case <-signals:
		close(began.aborted)
	}
	select {
	case code := <-done:
		return code
	case <-signals:
	case <-time.After(patience):
	}
	return interruptedCode(began)
}

// unlessInterrupted reads something and waits for it only until ctx ends: files
// may be on a disk that does not answer, or take long to be understood. What
// reads changes nothing, so it is left behind.
func unlessInterrupted[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := read()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// interruptedCode tells the two kinds of interruption apart where the work did
// not come to its end: before anything began, and in the middle.
func interruptedCode(began *latch) int {
	if began.Load() {
		return ExitPartly
	}
	return ExitInterrupted
}
