package run

import (
	"manage/engine/database"
	"manage/engine/ledger"
)

// Die drops everything as the end of the process would: nothing is rolled
// back, and the lease is not given back.
func (h *Held) Die() {
	h.beat.stop()
	h.session.Close()
}

// SetStore makes the runner keep its books in what f returns.
func (r *Runner) SetStore(f func(database.Session) ledger.Store) { r.store = f }
