package cmd

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// latch is set once, by whichever goroutine sees the reason.
type latch struct{ atomic.Bool }

// interruptible runs work with a context that the first SIGINT or SIGTERM
// ends, so that it stops behind the statement in hand. The second signal does
// not wait for it.
func interruptible(work func(ctx context.Context, began *latch) int) int {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	defer signal.Stop(signals)
	return untilSecond(signals, work)
}

// untilSecond is interruptible with the signals as they come.
func untilSecond(signals <-chan os.Signal, work func(ctx context.Context, began *latch) int) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	began, done := &latch{}, make(chan int, 1)
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
		return interruptedCode(began)
	}
}

// interruptedCode tells the two kinds of interruption apart: before anything
// began, and in the middle.
func interruptedCode(began *latch) int {
	if began.Load() {
		return ExitPartly
	}
	return ExitInterrupted
}
