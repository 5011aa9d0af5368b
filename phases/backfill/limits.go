package backfill

import (
	"fmt"
	"time"
)

// Used is what has been used of the limits of Options: the rows that were
// changed, and when the work began (the zero time: it begins now).
type Used struct {
	Rows  int64
	Since time.Time
}

// Halted is why a data migration stopped before its end: a limit that was asked
// for. What is done is recorded, and the next run goes on behind it.
type Halted struct {
	Migration string
	Reason    string // the limit, such as "1000 rows" or "10m0s"
	Rows      int64  // changed by this run
	Read      bool   // nothing was changed: Rows were read
	Waiting   string // why it paused when the limit was reached; "" if it did not
}

func (e *Halted) Error() string {
	did := "changed"
	if e.Read {
		did = "read"
	}
	text := fmt.Sprintf("%s stopped at the limit of %s; this run %s %d rows", e.Migration, e.Reason, did, e.Rows)
	if e.Waiting != "" {
		text += "; it paused because " + e.Waiting
	}
	return text
}

// limits is what a run may still use.
type limits struct {
	rows  int64         // 0: no limit
	span  time.Duration // 0: no limit
	since time.Time
	used  int64
}

func newLimits(o Options, now time.Time) limits {
	l := limits{rows: o.MaxRows, span: o.MaxTime, since: o.Used.Since, used: o.Used.Rows}
	if l.since.IsZero() {
		l.since = now
	}
	return l
}

// reached is the limit that is reached; "" if none is.
func (l limits) reached(now time.Time) string {
	switch {
	case l.rows > 0 && l.used >= l.rows:
		return fmt.Sprintf("%d rows", l.rows)
	case l.span > 0 && now.Sub(l.since) >= l.span:
		return l.span.String()
	}
	return ""
}

// left is how many rows may still be changed; 0 for no limit.
func (l limits) left() int64 {
	if l.rows == 0 {
		return 0
	}
	return max(1, l.rows-l.used)
}
