package throttle

import "time"

// trail remembers when the primary's log had reached which position. What a
// replica has replayed then says how far it is behind, by one clock, whether it
// replays slowly, stands still or receives nothing any more.
type trail struct{ marks []mark }

// mark is a position that the log had reached at a time.
type mark struct {
	at       time.Time
	position int64
}

// mostMarks bounds the trail; beyond, every other mark goes.
const mostMarks = 1000

// add notes where the log is.
func (t *trail) add(at time.Time, position int64) {
	if n := len(t.marks); n > 0 && t.marks[n-1].position >= position {
		return // idle: the older mark says since when
	}
	if len(t.marks) >= mostMarks {
		for i := range len(t.marks) / 2 {
			t.marks[i] = t.marks[2*i]
		}
		t.marks = t.marks[:len(t.marks)/2]
	}
	t.marks = append(t.marks, mark{at, position})
}

// behind is how far one is behind that has replayed up to a position: since
// when the primary is further. said is what the replica says itself, which
// counts where the trail does not reach back.
func (t *trail) behind(replayed int64, now time.Time, said time.Duration) time.Duration {
	for i, m := range t.marks {
		if m.position <= replayed {
			continue
		}
		lag := now.Sub(m.at)
		if i == 0 {
			lag = max(lag, said)
		}
		return lag
	}
	return 0
}
