package faults

import (
	"fmt"
	"hash/fnv"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"manage/engine/run"
)

// breaker is the faults of a child.
type breaker struct {
	task *task
	wire *wire
	// cancel keeps the command from going on by itself after a lost
	// connection, so that each point is broken in a run of its own.
	cancel func()

	mu    sync.Mutex
	seen  []string
	times map[string]int // how often this run has passed each point
	new   int
	done  bool
}

// At breaks the process or its connection at its point.
func (b *breaker) At(p run.Point) error {
	if !b.here(p.String()) {
		return nil
	}
	switch b.task.Fault {
	case death, away:
		die()
	case sent:
		b.wire.afterNext(die)
	case stop:
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		time.Sleep(100 * time.Millisecond) // other threads may be stopped first
	case wink:
		return os.WriteFile(b.task.Seen, []byte(p.String()), 0o644)
	case loss:
		b.cancel()
		b.wire.afterNext(nil)
	case cut:
		b.cancel()
		b.wire.breakNow()
	}
	return nil
}

// die kills this process.
func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

// here reports whether the fault is to happen now. What a run passes for the
// second time, such as a batch, is another point: "before-begin#2".
func (b *breaker) here(point string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.done || b.task.Fault == none {
		return false
	}
	if b.times == nil {
		b.times = map[string]int{}
	}
	if b.times[point]++; b.times[point] > 1 {
		point = fmt.Sprintf("%s#%d", point, b.times[point])
	}
	b.done = b.due(point)
	return b.done
}

// due reports whether this is the point to break at.
func (b *breaker) due(point string) bool {
	if b.task.At != "" {
		return point == b.task.At
	}
	if b.seen == nil {
		text, _ := os.ReadFile(b.task.Seen)
		b.seen = append(strings.Split(string(text), "\n"), "")
	}
	if slices.Contains(b.seen, point) {
		return false
	}
	b.seen = append(b.seen, point)
	f, err := os.OpenFile(b.task.Seen, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = fmt.Fprintln(f, point)
		f.Close()
	}
	if err != nil {
		panic(err)
	}
	if b.task.Share > 0 {
		return b.drawn(point)
	}
	b.new++
	return b.new >= b.task.Stride
}

// drawn reports whether a point that was not seen before is one of those to
// break: the first of its kind, or one of the share that the seed draws.
func (b *breaker) drawn(point string) bool {
	kind := kindOfPoint(point)
	first := !slices.ContainsFunc(b.seen[:len(b.seen)-1], func(other string) bool { return kindOfPoint(other) == kind })
	sum := fnv.New64a()
	fmt.Fprintf(sum, "%d %s %s %s", b.task.Seed, b.task.Catalog, b.task.Fault, point)
	return first || float64(sum.Sum64()>>11)/(1<<53) < b.task.Share
}

// kindOfPoint is the place of a point, and the phase of its step as its name has
// it: "after-statement of expand".
func kindOfPoint(point string) string {
	point, _, _ = strings.Cut(point, "#")
	step, place := "", point
	if parts := strings.Split(point, "/"); len(parts) == 3 {
		step, place = parts[0], parts[2]
	}
	for _, phase := range []string{"expand", "migrate", "contract"} {
		if strings.Contains(step, phase) {
			return place + " of " + phase
		}
	}
	if step != "" {
		return place + " of the trunk"
	}
	return place
}
