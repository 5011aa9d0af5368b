package throttle_test

import (
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/phases/backfill"
	"manage/phases/backfill/throttle"
)

// startable are the dialects of which a test can start servers of its own.
func startable() []flavor.Dialect {
	all := []flavor.Dialect{flavor.Postgres, flavor.MariaDB}
	if os.Getenv(enginetest.EnvBin(flavor.MySQL)) != "" {
		all = append(all, flavor.MySQL)
	}
	return all
}

// replay is how replay is stopped on a replica and goes on, and what is said of
// it.
func replay(d flavor.Dialect) (stop, start, reason string) {
	const stopped = "does not replicate: its SQL thread is stopped"
	switch d {
	case flavor.Postgres:
		return "SELECT pg_wal_replay_pause()", "SELECT pg_wal_replay_resume()", "behind (limit 1.5 s)"
	case flavor.MariaDB:
		return "STOP SLAVE SQL_THREAD", "START SLAVE", stopped
	}
	return "STOP REPLICA SQL_THREAD", "START REPLICA", stopped
}

func named(t testing.TB, s *enginetest.Server) []throttle.Replica {
	return []throttle.Replica{{URL: parse(t, s.URL(s.AdminDatabase())), Place: throttle.Place{File: "manage.toml", Line: 7}}}
}

const lag = 1500 * time.Millisecond

// A data migration waits for a replica that does not replay, for one that hangs
// and for one that is down, and goes on behind it.
func TestReplicas(t *testing.T) {
	for _, d := range startable() {
		stop, start, reason := replay(d)
		t.Run(string(d), func(t *testing.T) {
			primary, replica := enginetest.Replicated(t, d, enginetest.Options{})
			e := primary.New(t)
			e.Watches(t)
			fill(t, e)
			th := begin(t, e.URL, throttle.Options{Replicas: named(t, replica), MaxLag: lag})
			becomes(t, th, "")
			if d.MySQLFamily() {
				unnamed(t, primary, e)
			}

			replica.Do(t, stop)
			e.Exec(t, "UPDATE items SET a = a + 1 WHERE id = 1")
			becomes(t, th, reason)
			m := move(t, e, backfill.Options{Throttle: th})
			m.pauses(t, reason)
			m.stands(t)
			replica.Do(t, start)
			m.ends(t)

			e.Exec(t, "UPDATE items SET b = NULL")
			replica.Freeze()
			becomes(t, th, "does not answer")
			m = move(t, e, backfill.Options{Throttle: th})
			m.pauses(t, "does not answer")
			m.stands(t)
			replica.Thaw()
			m.ends(t)

			must(t, replica.Stop())
			becomes(t, th, "does not answer")
			must(t, replica.Restart())
			becomes(t, th, "")
		})
	}
}

// unnamed checks what is said of a replica that nobody named, also to a user who
// may not see it.
func unnamed(t *testing.T, primary *enginetest.Server, e enginetest.Database) {
	t.Helper()
	primary.Do(t, "CREATE USER weak IDENTIFIED BY 'weak'")
	primary.Do(t, "GRANT ALL ON "+e.Name+".* TO weak")
	weak, err := url.Parse(e.URL)
	must(t, err)
	weak.User = url.UserPassword("weak", "weak")
	for user, want := range map[string]string{e.URL: "the server has replicas (1)", weak.String(): "whether the server has replicas cannot be seen: "} {
		var notes []string
		becomes(t, begin(t, user, throttle.Options{MaxLag: lag, Note: func(text string) { notes = append(notes, text) }}), "")
		if len(notes) != 1 || !strings.HasPrefix(notes[0], want) {
			t.Errorf("notes %q, want %q", notes, want)
		}
	}
}

// Without names PostgreSQL's primary knows its replicas, also one that hangs.
func TestSenders(t *testing.T) {
	primary, replica := enginetest.Replicated(t, flavor.Postgres, enginetest.Options{})
	e := primary.New(t)
	e.Watches(t)
	fill(t, e)
	m := move(t, e, backfill.Options{Throttle: begin(t, e.URL, throttle.Options{MaxLag: lag})})
	m.ends(t)

	primary.Do(t, "SELECT pg_create_physical_replication_slot('gone', true)")
	var notes []string
	th := begin(t, e.URL, throttle.Options{MaxLag: lag, Note: func(text string) { notes = append(notes, text) }})
	becomes(t, th, "")
	if len(notes) != 1 || !strings.HasPrefix(notes[0], "the replica of the replication slot gone is not connected") {
		t.Errorf("notes %q", notes)
	}
	e.Exec(t, "UPDATE items SET b = NULL")
	becomes(t, th, "")
	replica.Do(t, "SELECT pg_wal_replay_pause()")
	e.Exec(t, "UPDATE items SET a = a + 1")
	if reason := becomes(t, th, "behind"); !strings.HasPrefix(reason, "replica 127.0.0.1 (walreceiver) is ") && !strings.HasPrefix(reason, "replica local (walreceiver) is ") {
		t.Errorf("the reason is %q", reason)
	}
	m = move(t, e, backfill.Options{Throttle: th})
	m.pauses(t, "behind (limit 1.5 s)")
	m.stands(t)
	replica.Do(t, "SELECT pg_wal_replay_resume()")
	m.ends(t)

	replica.Freeze()
	e.Exec(t, "UPDATE items SET a = a + 1")
	becomes(t, th, "behind")
	replica.Thaw()
	becomes(t, th, "")
}

// Whatever is wrong with a replica's connection is said before the first batch,
// with the line and without the password.
func TestReplicaMisconfigured(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		if e.Dialect == flavor.SQLite {
			return
		}
		e.Watches(t)
		other, err := url.Parse(e.URL)
		must(t, err)
		other.User = url.UserPassword(other.User.Username(), "wr0ng-secret")
		wrong := other.String()
		for name, c := range map[string]struct{ url, want string }{
			"no replica":     {e.URL, "is no replica"},
			"wrong password": {wrong, "cannot be asked"},
			"a file":         {"sqlite:///" + t.TempDir() + "/x.db", "is no replica"},
		} {
			t.Run(name, func(t *testing.T) {
				replicas := []throttle.Replica{{URL: parse(t, c.url), Place: throttle.Place{File: "manage.toml", Line: 7}}}
				th := begin(t, e.URL, throttle.Options{Replicas: replicas, MaxLag: lag})
				_, err := th.Reason(t.Context())
				var bad *throttle.Misconfigured
				if !errors.As(err, &bad) || bad.Line != 7 || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "manage.toml:7: [replicas] connections: ") {
					t.Fatalf("error %v", err)
				}
				if strings.Contains(err.Error(), "secret") {
					t.Errorf("a password is in %q", err)
				}
			})
		}
		none := []throttle.Replica{{URL: parse(t, strings.Replace(e.URL, "127.0.0.1", "127.0.0.9", 1))}}
		if e.Server.Host == "127.0.0.1" {
			becomes(t, begin(t, e.URL, throttle.Options{Replicas: none, MaxLag: lag}), "does not answer: dial tcp ")
		}
	})
}
