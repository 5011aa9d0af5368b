package backfill

import (
	"context"
	"fmt"

	"manage/engine/database"
	"manage/engine/flavor"
)

// wal is SQLite's write-ahead log: it lets readers and a writer work at once.
// nil elsewhere, and in SQLite's other journal modes.
type wal struct {
	sess database.Session
	sync int64 // the setting synchronous of before
}

// syncNormal is the setting of synchronous with which commits to the log do not
// wait for the disk: if the machine goes down the last ones are lost, each as a
// whole (SQLite manual, "PRAGMA synchronous"). Rows and position are one
// transaction, and are done again.
const syncNormal = 1

// openWAL looks whether there is a log, and if so lets the commits of a session
// return before they are on disk.
func openWAL(ctx context.Context, sess database.Session) (*wal, error) {
	if sess.Flavor().Dialect != flavor.SQLite {
		return nil, nil
	}
	mode, err := texts(ctx, sess, "PRAGMA journal_mode", 1)
	if err != nil || len(mode) == 0 || mode[0][0] != "wal" {
		return nil, err
	}
	w := &wal{sess: sess}
	if w.sync, err = database.Number(ctx, sess, "PRAGMA synchronous"); err != nil {
		return nil, err
	}
	return w, w.synchronous(ctx, min(w.sync, syncNormal))
}

// close leaves the session as it was.
func (w *wal) close(ctx context.Context) error {
	if w == nil {
		return nil
	}
	return w.synchronous(ctx, w.sync)
}

func (w *wal) synchronous(ctx context.Context, level int64) error {
	_, err := w.sess.ExecContext(ctx, fmt.Sprintf("PRAGMA synchronous = %d", level))
	return err
}
