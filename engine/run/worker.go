package run

import (
	"context"
	"fmt"
	"time"
)

// Impatient bounds how long a batch waits for a lock from now on, within
// Options.LockTimeout; 0 takes that bound back. Whoever has changed many rows
// and waits for one more keeps all others waiting.
func (h *Held) Impatient(d time.Duration) { h.patience = d }

// Worker is a second pair of hands under the lease: a session of its own, with
// the same token and heartbeat, for a goroutine of its own. It runs batches and
// nothing else, and is given up with done, by the goroutine that h belongs to;
// Release is not for it. Errors are those of opening a session.
func (h *Held) Worker(ctx context.Context) (w *Held, done func(), err error) {
	s, err := h.r.DB.Session(ctx)
	if err != nil {
		return nil, nil, err
	}
	w = &Held{r: h.r, o: h.o, session: s, store: h.r.books(s), lease: h.lease, place: h.place,
		events: h.events, beat: h.beat, patience: h.patience}
	if ask, ok := sessionsOf(s.Flavor().Dialect); ok && ask.mark != "" {
		// So that whoever takes over finds it. If it fails the token has to do.
		_, _ = numbers(ctx, s, fmt.Sprintf(ask.mark, w.names(w.lease.Token).mark))
	}
	return w, func() {
		w.rollback(context.WithoutCancel(ctx))
		h.began = h.began || w.began
		// A session that was cut off cannot be closed in good order.
		_ = s.Close()
	}, nil
}
