package run

import (
	"strings"

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

// ThisProcess is the name of this process in a lease, ProcessGone what is
// concluded from such a name.
var (
	ThisProcess = thisProcess
	ProcessGone = processGone
	Brief       = brief
)

// LockName is the name of the server's own lock on MySQL and MariaDB.
func LockName(schema, catalog string) string {
	return strings.Trim(mysqlSessions.lockName(lockNumber(schema, catalog)), "'")
}
