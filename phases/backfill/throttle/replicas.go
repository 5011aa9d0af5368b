package throttle

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"manage/engine/database"
	"manage/engine/flavor"
)

// Replica is a server that replicates the one that is worked on.
type Replica struct {
	URL *database.URL
	// Place is where it was configured.
	Place Place
}

// replicas are the configured replicas.
type replicas struct {
	primary *server
	dialect flavor.Dialect // of the primary
	trail   *trail
	limit   time.Duration
	all     []*replica
	began   bool // all were looked at once
}

// replica is one of them.
type replica struct {
	*server
	Replica
}

func newReplicas(p *server, d flavor.Dialect, o Options) *replicas {
	r := &replicas{primary: p, dialect: d, trail: &trail{}, limit: o.MaxLag}
	for _, one := range o.Replicas {
		r.all = append(r.all, &replica{elsewhere(one.URL), one})
	}
	return r
}

// see names the first replica that lags. The first time all are looked at, so
// that none is configured wrongly without notice.
func (r *replicas) see(ctx context.Context) (string, error) {
	if err := r.mark(ctx); err != nil {
		return "", err
	}
	found := ""
	for _, one := range r.all {
		reason, err := r.lagging(ctx, one)
		if err != nil {
			return "", err
		}
		if found == "" {
			found = reason
		}
		if found != "" && r.began {
			break
		}
	}
	r.began = true
	return found, nil
}

// mark notes where the primary's log is, for PostgreSQL.
func (r *replicas) mark(ctx context.Context) error {
	if r.dialect != flavor.Postgres {
		return nil
	}
	found, err := ask(ctx, r.primary, func(ctx context.Context, s database.Session) ([]row, error) {
		return rows(ctx, s, "SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint AS position")
	})
	if err != nil {
		return fmt.Errorf("the position of the primary's log cannot be read, so the lag of replicas is not known: %w", err)
	}
	r.trail.add(time.Now(), found[0].whole("position"))
	return nil
}

// state is how far a replica is behind.
type state struct {
	lag     time.Duration
	stopped string // why it does not replicate at all; "" if it does
	strange bool   // it is no replica
}

// lagging says whether a replica is too far behind.
func (r *replicas) lagging(ctx context.Context, one *replica) (string, error) {
	var st state
	var err error
	if st.strange = r.foreign(one); !st.strange {
		st, err = ask(ctx, one.server, r.question)
	}
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil && !r.began && isFinal(err):
		return "", &Misconfigured{Place: one.Place, Err: err, Hint: hintOf(err),
			Problem: fmt.Sprintf("[replicas] connections: the lag of %s cannot be asked: %s", one.name, err)}
	case err != nil:
		return mute(one.name, err), nil
	case st.strange && !r.began:
		return "", &Misconfigured{Place: one.Place, Problem: fmt.Sprintf("[replicas] connections: %s is no replica", one.name),
			Hint: "name replicas only; nodes of a Galera cluster need not be named, as its flow control is looked at"}
	case st.strange:
		return fmt.Sprintf("replica %s is no replica any more", one.name), nil
	case st.stopped != "":
		return fmt.Sprintf("replica %s does not replicate: %s", one.name, st.stopped), nil
	case st.lag > r.limit:
		return behind("replica "+one.name, st.lag, r.limit), nil
	}
	return "", nil
}

// mute says that a replica does not answer, and why, where anything is known.
func mute(name string, err error) string {
	text := fmt.Sprintf("replica %s does not answer", name)
	var late *silent
	if errors.As(err, &late) {
		return text
	}
	return text + ": " + strings.TrimPrefix(err.Error(), "no answer from the server: ")
}

// foreign reports whether a replica is of another kind than the primary.
func (r *replicas) foreign(one *replica) bool {
	d := one.URL.Dialect
	return d == flavor.SQLite || d.MySQLFamily() != r.dialect.MySQLFamily()
}

func behind(who string, lag, limit time.Duration) string {
	return fmt.Sprintf("%s is %s behind (limit %s)", who, span(lag), limited(limit))
}

// question asks a replica where it is.
func (r *replicas) question(ctx context.Context, s database.Session) (state, error) {
	if s.Flavor().Dialect == flavor.Postgres {
		return r.replayed(ctx, s)
	}
	found, err := rows(ctx, s, replicaStatus(s.Flavor()))
	return channels(found), err
}

// replicaStatus is the statement that shows how replication stands. MariaDB's
// plain form shows one of several connections only.
func replicaStatus(f flavor.Flavor) string {
	switch {
	case f.Dialect == flavor.MariaDB:
		return "SHOW ALL SLAVES STATUS"
	case f.SaysReplica():
		return "SHOW REPLICA STATUS"
	}
	return "SHOW SLAVE STATUS"
}

// channels is the state of a MySQL or MariaDB replica, from the rows of its
// status: the channel that is furthest behind counts. A delay that was asked
// for is no lag.
func channels(found []row) state {
	st := state{strange: len(found) == 0}
	for _, r := range found {
		seconds, known := r.first("Seconds_Behind_Source", "Seconds_Behind_Master")
		if !known || seconds == "" {
			st.stopped = threads(r)
			continue
		}
		lag := r.seconds("Seconds_Behind_Source") + r.seconds("Seconds_Behind_Master") - r.seconds("SQL_Delay")
		st.lag = max(st.lag, lag)
	}
	return st
}

// threads says which part of a replica does not run.
func threads(r row) string {
	if io, _ := r.first("Replica_IO_Running", "Slave_IO_Running"); io != "Yes" {
		return "it receives nothing from its primary"
	}
	return "its SQL thread is stopped"
}

// replayed is the state of a PostgreSQL replica.
func (r *replicas) replayed(ctx context.Context, s database.Session) (state, error) {
	found, err := rows(ctx, s, `SELECT pg_is_in_recovery()::text AS replica,
 pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint AS position,
 extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) AS age,
 extract(epoch FROM current_setting('recovery_min_apply_delay')::interval) AS delay`)
	if err != nil {
		return state{}, err
	}
	one := found[0]
	lag := r.trail.behind(one.whole("position"), time.Now(), one.seconds("age")) - one.seconds("delay")
	return state{lag: lag, strange: one["replica"] != "true"}, nil
}

func (r *replicas) close() {
	for _, one := range r.all {
		one.server.close()
	}
}
