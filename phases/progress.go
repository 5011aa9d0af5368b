package phases

import (
	"cmp"
	"slices"
	"time"

	"manage/engine/ledger"
	"manage/engine/revision"
	"manage/phases/backfill/compare"
)

// MigrationStatus is how far one data migration is. State is "found again" (its
// release is contracted, and its pending query finds rows), "waiting" (its
// expand revision is not applied), "due", "running", "interrupted" (somebody was
// at it and is no more) or "done".
type MigrationStatus struct {
	ID    string
	State string
	Rows  int64
	// Estimate is how many rows there are in all, 0 if unknown; it is never less
	// than Rows.
	Estimate int64
	// RowsPerSecond is the speed of late, and SecondsLeft how long the rest takes
	// at that; both are 0 while nobody is at work, and while it pauses.
	RowsPerSecond float64
	SecondsLeft   float64
	Batch         int64  // rows that a batch spans now; 0 if unknown
	Waiting       string // why it pauses; "" while it does not

	updated time.Time // of the range that RowsPerSecond is from
}

// migrationStates says how far each data migration is.
func (s *Service) migrationStates(r *Report, progress []ledger.Progress) []MigrationStatus {
	var states []MigrationStatus
	for _, m := range s.Catalog.Graph.Migrations() {
		st := MigrationStatus{ID: m.ID, State: s.migrationState(m, r)}
		for _, p := range progress {
			if p.Migration == m.ID {
				st.add(p, r.Lease)
			}
		}
		st.sum()
		states = append(states, st)
	}
	return states
}

// comparisons says how far the comparisons of rows are that somebody is at, or
// that the next contract goes on with.
func comparisons(r *Report, progress []ledger.Progress) []MigrationStatus {
	var states []MigrationStatus
	for _, p := range progress {
		if p.Finished != nil || !compare.Named(p.Migration) || time.Since(p.Updated) > compare.Fresh {
			continue
		}
		st := MigrationStatus{ID: p.Migration, State: "due"}
		st.add(p, r.Lease)
		st.sum()
		states = append(states, st)
	}
	return states
}

// migrationState is the state of one data migration as far as revisions and
// pending rows tell.
func (s *Service) migrationState(m revision.Migration, r *Report) string {
	switch {
	case slices.Contains(r.Due, m.ID):
		return "due"
	case !r.Position.Applied.Contains(s.Catalog.Graph.Closure(m.DependsOn...)):
		return "waiting"
	}
	return "done"
}

// add counts one key range of a migration's progress in.
func (m *MigrationStatus) add(p ledger.Progress, lease *ledger.Lease) {
	m.Rows += p.Rows
	m.Estimate += p.Estimate
	if p.Finished != nil {
		return
	}
	m.Batch = max(m.Batch, p.Batch)
	if m.State == "due" {
		m.State = "interrupted"
		if moving(lease) {
			m.State = "running"
		}
	}
	if m.State != "running" {
		return
	}
	m.Waiting = cmp.Or(m.Waiting, p.Waiting)
	if p.Updated.After(m.updated) { // the speed is that of all ranges together
		m.updated, m.RowsPerSecond = p.Updated, p.Speed
	}
}

// moving reports whether the holder of a lease is one who moves or compares rows, as far as
// the lease tells.
func moving(l *ledger.Lease) bool {
	return l != nil && !l.Expired && slices.Contains([]string{"migrate", "contract", "sync", "upgrade"}, l.Doing)
}

// sum is what follows from all ranges.
func (m *MigrationStatus) sum() {
	if m.Estimate > 0 {
		m.Estimate = max(m.Estimate, m.Rows)
	}
	if m.Waiting != "" {
		m.RowsPerSecond = 0
	}
	if left := m.Estimate - m.Rows; left > 0 && m.RowsPerSecond > 0 {
		m.SecondsLeft = float64(left) / m.RowsPerSecond
	}
}

// interrupted is the state once it turns out that nobody is at work.
func (m *MigrationStatus) interrupted() {
	m.State, m.RowsPerSecond, m.SecondsLeft, m.Waiting = "interrupted", 0, 0, ""
}
