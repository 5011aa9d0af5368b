package cmd

import (
	"context"
	"os"
	"syscall"
	"testing"
	"time"
)

func TestFirstSignalLetsTheWorkEnd(t *testing.T) {
	signals := make(chan os.Signal, 2)
	code := untilSecond(signals, time.Millisecond, func(ctx context.Context, _ *latch) int {
		signals <- syscall.SIGTERM
		<-ctx.Done()
		return ExitPartly
	})
	if code != ExitPartly {
		t.Errorf("exit %d, want what the work returned (%d)", code, ExitPartly)
	}
}

func TestSecondSignalDoesNotWait(t *testing.T) {
	for _, tt := range []struct {
		began bool
		want  int
	}{{false, ExitInterrupted}, {true, ExitPartly}} {
		signals, never := make(chan os.Signal, 2), make(chan struct{})
		code := untilSecond(signals, time.Millisecond, func(ctx context.Context, began *latch) int {
			began.Store(tt.began)
			signals <- syscall.SIGINT
			<-ctx.Done()
			signals <- syscall.SIGINT
			<-never
			return ExitDone
		})
		if code != tt.want {
			t.Errorf("began %t: exit %d, want %d", tt.began, code, tt.want)
		}
	}
}

// The second signal tells the work to stop at once, and what that returns counts.
func TestSecondSignalAborts(t *testing.T) {
	signals := make(chan os.Signal, 2)
	code := untilSecond(signals, time.Minute, func(ctx context.Context, began *latch) int {
		signals <- syscall.SIGTERM
		<-ctx.Done()
		signals <- syscall.SIGTERM
		<-began.aborted
		return ExitUnknown
	})
	if code != ExitUnknown {
		t.Errorf("exit %d, want %d", code, ExitUnknown)
	}
}

func TestUndisturbedWork(t *testing.T) {
	code := untilSecond(make(chan os.Signal), time.Millisecond, func(context.Context, *latch) int { return ExitContract })
	if code != ExitContract {
		t.Errorf("exit %d, want %d", code, ExitContract)
	}
}
