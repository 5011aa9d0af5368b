package phases

import (
	"context"
	"slices"

	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/run"
)

// LeaseState is who holds the lease, what can be known of him, and what he left
// half done.
type LeaseState struct {
	Catalog string
	Lease   *ledger.Lease // nil if nobody holds it
	// Dead is true if it is certain that the holder works no more, although
	// his lease has not run out.
	Dead bool
	// Stopped is the id of his process if that is stopped, on this machine; 0
	// otherwise.
	Stopped int
	// Half are the last attempts at the revisions that are half applied, in
	// the journal's order.
	Half []ledger.Attempt
}

// Alive reports whether the holder has to be taken for alive.
func (l LeaseState) Alive() bool { return l.Lease != nil && !l.Lease.Expired && !l.Dead }

// Lease reads who holds the lease. It writes nothing.
func (s *Service) Lease(ctx context.Context) (LeaseState, error) {
	sess, err := s.DB.Reader(ctx)
	if err != nil {
		return LeaseState{}, err
	}
	defer sess.Close()
	return s.leaseState(ctx, sess)
}

func (s *Service) leaseState(ctx context.Context, sess database.Session) (LeaseState, error) {
	st := LeaseState{Catalog: s.Catalog.Name}
	store := s.store(sess)
	var err error
	if st.Lease, err = store.Lease(ctx); err != nil {
		return st, err
	}
	attempts, err := store.Attempts(ctx)
	if err != nil {
		return st, err
	}
	half := run.Unfinished(attempts)
	for _, a := range attempts {
		if half[a.Revision].ID == a.ID {
			st.Half = append(st.Half, a)
		}
	}
	st.Half = slices.Clip(st.Half)
	if st.Lease != nil {
		st.Stopped = run.Stopped(*st.Lease)
	}
	st.Dead = st.Lease != nil && !st.Lease.Expired && run.Dead(ctx, sess, *st.Lease)
	return st, nil
}

// BreakLease ends the lease of a holder who is dead, with what he left on the
// server, and reports whether there was something left. A holder who has to be
// taken for alive is a *run.LeaseHeld. It is no error if nobody holds the
// lease.
func (s *Service) BreakLease(ctx context.Context) (before LeaseState, ended bool, err error) {
	before, err = s.Lease(ctx)
	if err != nil || before.Lease == nil {
		return before, false, err
	}
	if before.Alive() {
		return before, false, &run.LeaseHeld{Lease: *before.Lease, Stopped: before.Stopped}
	}
	r := s.runner(&Result{})
	r.Options.Wait = -1
	tell := r.Events
	r.Events = func(e run.Event) {
		if took, ok := e.(run.TookOver); ok {
			ended = took.Ended
			return // the result tells it
		}
		tell(e)
	}
	// Whoever takes a dead holder's lease ends what he left, and leaves none
	// himself.
	held, err := r.Acquire(ctx, "lease --break")
	if err != nil {
		return before, ended, err
	}
	return before, ended, held.Release(ctx)
}
