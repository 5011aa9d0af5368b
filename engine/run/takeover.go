package run

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"time"

	"manage/engine/flavor"
)

// A holder's session carries a mark that whoever takes over can find it by. A
// backend's pid or a connection's number would not do: they are used again
// after the session has ended, and mean another session on another node of a
// cluster.

// mark is the mark of the session that works under a token.
func (h *Held) mark(token int64) string {
	sum := sha256.Sum256([]byte(h.r.DB.Schema() + "\x00" + h.r.Catalog))
	return fmt.Sprintf("manage-%d-%s", token, hex.EncodeToString(sum[:8]))
}

// marking are the queries about marks that one kind of server understands, with
// %s for the mark as a literal.
type marking struct {
	set  string // marks this session
	find string // the numbers of the other sessions that carry a mark
	end  string // ends the session with the number %d
}

// markings of a server. PostgreSQL shows an application_name to all; on MySQL
// and MariaDB, a lock by name tells who has it (manual, "Locking Functions"),
// and works on Galera at least on the node it was taken on. SQLite has no
// sessions: its write lock ends with the process.
func markings(d flavor.Dialect) marking {
	switch d {
	case flavor.Postgres:
		return marking{
			set: "SELECT set_config('application_name', %s, false)",
			find: "SELECT pid FROM pg_stat_activity WHERE datname = current_database()" +
				" AND pid <> pg_backend_pid() AND application_name = %s",
			end: "SELECT pg_terminate_backend(%d)",
		}
	case flavor.MySQL, flavor.MariaDB:
		return marking{
			set:  "SELECT GET_LOCK(%s, 0)",
			find: "SELECT IS_USED_LOCK(%s)",
			end:  "KILL %d",
		}
	}
	return marking{}
}

// identify marks the session. Where the server refuses that, the session
// cannot be ended by others, and the fencing token has to do.
func (h *Held) identify(ctx context.Context) {
	m := markings(h.session.Flavor().Dialect)
	if m.set == "" {
		return
	}
	_, _ = h.numbers(ctx, fmt.Sprintf(m.set, h.session.QuoteLiteral(h.mark(h.lease.Token))))
}

// endWait is how long an ended session is waited for: its statement may have
// to be rolled back.
const endWait = 10 * time.Second

// endSession ends the sessions that work under an older token, and reports
// whether there were any and they are gone.
func (h *Held) endSession(ctx context.Context, token int64) bool {
	m := markings(h.session.Flavor().Dialect)
	if m.find == "" {
		return false
	}
	find := fmt.Sprintf(m.find, h.session.QuoteLiteral(h.mark(token)))
	found, err := h.numbers(ctx, find)
	if err != nil || len(found) == 0 {
		return false
	}
	for _, n := range found {
		if _, err := h.session.ExecContext(ctx, fmt.Sprintf(m.end, n)); err != nil {
			return false
		}
	}
	for deadline := time.Now().Add(endWait); time.Now().Before(deadline); {
		left, err := h.numbers(ctx, find)
		if err != nil || len(left) == 0 {
			return err == nil
		}
		if sleep(ctx, firstPoll) != nil {
			return false
		}
	}
	return false
}

// numbers reads the first column of a query, without its nulls and what is not
// a number.
func (h *Held) numbers(ctx context.Context, query string) ([]int64, error) {
	rows, err := h.session.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []int64
	for rows.Next() {
		var text sql.NullString
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		var n int64
		if _, err := fmt.Sscan(text.String, &n); err == nil {
			all = append(all, n)
		}
	}
	return all, rows.Err()
}
