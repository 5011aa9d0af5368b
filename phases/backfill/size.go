package backfill

import "time"

// size says how many rows a batch spans, so that it takes the target time.
type size struct {
	target      time.Duration
	rows        int
	least, most int
	fixed       bool
	grown       bool // a batch was measured
	cluster     bool // the server is a node of a Galera cluster
}

// The size of a batch in rows: where it begins, and its bounds.
const (
	firstSize = 1000
	leastSize = 50
	mostSize  = 20_000
	// mostAlone is the bound where nobody waits for single rows (SQLite): only
	// the time counts there. A large table begins with more rows, as it takes
	// many batches to come near that bound, and each waits for the disk.
	mostAlone  = 200_000
	firstAlone = 10_000
	// share is the part of a table that a batch spans at most, as a divisor:
	// whoever writes to a row of the open batch waits for it, and with one row
	// in 250 that is rare enough not to show in the 99th percentile.
	share = 250
	// mostLarge is the bound for tables so large that the share is none: with
	// 20,000 rows of ten million, writers on PostgreSQL waited up to 148 ms.
	mostLarge = 10_000
	// mostCluster is the bound on a Galera cluster: the other nodes apply a
	// batch at one point of all writes, and end writers who are in its way.
	mostCluster = 1000
	leastCap    = 500
)

func newSize(target time.Duration) size {
	return size{target: target, rows: firstSize, least: leastSize, most: mostSize}
}

// fix leaves the size as it is, whatever happens.
func (s *size) fix(rows int) { s.rows, s.least, s.most, s.fixed = rows, rows, rows, true }

// bound sets the bounds for a table of about so many rows; 0 if unknown.
func (s *size) bound(table int64, alone bool) {
	switch {
	case s.fixed:
	case alone:
		s.most = mostAlone
		if !s.grown {
			s.rows = int(min(firstAlone, max(table/10, firstSize)))
		}
	case table > 0:
		s.most = int(min(max(table/share, leastCap), mostLarge))
	}
	if s.cluster && !s.fixed {
		s.most = min(s.most, mostCluster)
	}
	s.rows = min(s.rows, s.most)
}

// adapt makes the next batch larger or smaller, after one that took a while. It
// grows by half at most, and shrinks at once as far as it must.
func (s *size) adapt(took time.Duration) {
	rows := s.most
	s.grown = true
	if took > 0 {
		rows = int(min(float64(s.most), float64(s.rows)*float64(s.target)/float64(took)))
	}
	s.rows = min(max(rows, s.least), s.most, s.rows+s.rows/2+1)
}

// shrink makes the next batch smaller, after one that did not get its locks.
func (s *size) shrink() { s.rows = max(s.rows/2, s.least) }
