package throttle

import (
	"context"
	"fmt"
	"time"

	"manage/engine/database"
)

// senders are the replicas that a PostgreSQL primary sends its log to, as it
// sees them itself. One that is disconnected is not among them.
type senders struct {
	primary *server
	looked  bool // whether any is disconnected
	trail   *trail
	limit   time.Duration
	note    func(string)
}

// sending asks for all of them. Backups and receivers of the log have no
// position that was replayed. Logical subscribers are left out: they confirm
// when it suits them.
const sending = `SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint AS position, r.pid,
 coalesce(host(r.client_addr), 'local') AS address, r.application_name AS name, r.state,
 pg_wal_lsn_diff(r.replay_lsn, '0/0')::bigint AS replayed, extract(epoch FROM r.replay_lag) AS lag
 FROM (SELECT 1) one LEFT JOIN pg_stat_replication r
 ON NOT EXISTS (SELECT 1 FROM pg_replication_slots s WHERE s.active_pid = r.pid AND s.slot_type = 'logical')`

// absent are slots that are kept for replicas which are not connected.
const absent = `SELECT slot_name AS name FROM pg_replication_slots
 WHERE slot_type = 'physical' AND NOT active AND NOT temporary AND restart_lsn IS NOT NULL ORDER BY slot_name`

// missing says, once, which replicas the server knows of that are not connected.
func (l *senders) missing(ctx context.Context) error {
	if l.looked {
		return nil
	}
	l.looked = true
	found, err := ask(ctx, l.primary, func(ctx context.Context, s database.Session) ([]row, error) {
		return rows(ctx, s, absent)
	})
	for _, r := range found {
		l.note(fmt.Sprintf("the replica of the replication slot %s is not connected, so its lag is not known: name it in [replicas] connections to wait for it", r["name"]))
	}
	return err
}

func (l *senders) see(ctx context.Context) (string, error) {
	if err := l.missing(ctx); err != nil {
		return "", fmt.Errorf("the server's replication slots are not known: %w", err)
	}
	found, err := ask(ctx, l.primary, func(ctx context.Context, s database.Session) ([]row, error) {
		return rows(ctx, s, sending)
	})
	if err != nil {
		return "", fmt.Errorf("the lag of replicas is not known: %w", err)
	}
	now := time.Now()
	l.trail.add(now, found[0].whole("position"))
	for _, r := range found {
		switch _, hasState := r["state"]; {
		case r["pid"] == "":
		case !hasState:
			l.note("the lag of replicas is not known: this user may not see it (GRANT pg_monitor)")
		case r["replayed"] != "":
			said := r.seconds("lag")
			lag := max(said, l.trail.behind(r.whole("replayed"), now, said))
			if lag > l.limit {
				return behind(fmt.Sprintf("replica %s (%s)", r["address"], r["name"]), lag, l.limit), nil
			}
		}
	}
	return "", nil
}

// unnamed looks once whether a MySQL or MariaDB server has replicas that nobody
// named: it knows that they are there, and not how far they are.
type unnamed struct {
	primary *server
	looked  bool
	note    func(string)
}

func (l *unnamed) see(ctx context.Context) (string, error) {
	if l.looked {
		return "", nil
	}
	l.looked = true
	n, err := ask(ctx, l.primary, dumps)
	if err != nil {
		return "", fmt.Errorf("whether the server has replicas cannot be seen: %w", err)
	}
	if n > 0 {
		l.note(fmt.Sprintf("the server has replicas (%d), whose lag it does not know: name them as [replicas] connections to wait for them", n))
	}
	return "", nil
}

// dumps counts who reads the server's binary log. The list of sessions leaves
// out without a word what a user may not see, so another view is asked before,
// which takes the same right and says so.
func dumps(ctx context.Context, s database.Session) (int64, error) {
	logs, err := rows(ctx, s, "SELECT 1 FROM DUAL WHERE @@log_bin = 1")
	if err != nil || len(logs) == 0 {
		return 0, err
	}
	if _, err := rows(ctx, s, "SELECT trx_id FROM information_schema.INNODB_TRX LIMIT 1"); err != nil {
		return 0, err
	}
	found, err := rows(ctx, s, "SELECT count(*) AS n FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%'")
	if err != nil {
		return 0, err
	}
	return found[0].whole("n"), nil
}
