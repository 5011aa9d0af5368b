package throttle

import (
	"context"
	"fmt"

	"manage/engine/database"
	"manage/engine/flavor"
)

// load looks how many sessions are at work on the server, besides its own.
type load struct {
	primary *server
	dialect flavor.Dialect
	limit   int
	note    func(string)
}

func (l *load) see(ctx context.Context) (string, error) {
	running, err := ask(ctx, l.primary, l.running)
	if err != nil {
		return "", fmt.Errorf("the load of the server is not known: %w", err)
	}
	if running["hidden"] != "" && running["hidden"] != "0" {
		l.note("the load of the server is known in part: this user may not see what others do (GRANT pg_monitor)")
	}
	if n := running.whole("running"); n > int64(l.limit) {
		return fmt.Sprintf("%d sessions are at work on the server (limit %d)", n, l.limit), nil
	}
	return "", nil
}

// active counts the clients at work on PostgreSQL; what others do is NULL to
// whom it is not for.
const active = `SELECT count(*) FILTER (WHERE state = 'active') AS running, count(*) FILTER (WHERE state IS NULL) AS hidden
 FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND coalesce(backend_type, 'client backend') = 'client backend'`

// running counts. SQLite has no sessions to count.
func (l *load) running(ctx context.Context, s database.Session) (row, error) {
	switch {
	case l.dialect == flavor.Postgres:
		found, err := rows(ctx, s, active)
		if err != nil {
			return nil, err
		}
		return found[0], nil
	case l.dialect.MySQLFamily():
		st, err := status(ctx, s, "'Threads_running'")
		return row{"running": fmt.Sprint(st.whole("Threads_running") - 1)}, err
	}
	return row{}, nil
}
