package phases

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/run"
)

// as opens a service as another user of the server.
func as(t *testing.T, db enginetest.Database, user, password string) *Service {
	t.Helper()
	u, err := url.Parse(db.URL)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(user, password)
	db.URL = u.String()
	return service(t, inn(t), db)
}

// What would fail half way is found before anything is changed, all of it.
func TestNotReady(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		name := "u" + db.Name
		var want []string
		switch {
		case db.Dialect == flavor.SQLite:
			return // has neither users nor settings
		case db.Dialect == flavor.Postgres:
			must(t, service(t, inn(t), db), "sync", "open01")
			db.Exec(t, "CREATE ROLE "+name+" LOGIN PASSWORD 'x'; REVOKE CREATE ON SCHEMA public FROM public; ALTER ROLE "+name+" SET default_transaction_read_only = on;"+
				" GRANT SELECT ON ALL TABLES IN SCHEMA public TO "+name)
			t.Cleanup(func() { db.Exec(t, "DROP OWNED BY "+name+"; DROP ROLE "+name) })
			want = []string{"read-only", "may not create anything", "not the owner of guests", "may not write to"}
		default:
			must(t, service(t, inn(t), db), "sync", "open01")
			db.Exec(t, "CREATE USER '"+name+"'@'%' IDENTIFIED BY 'x'; GRANT SELECT, INSERT, UPDATE, DELETE ON `"+strings.ReplaceAll(db.Name, "_", `\_`)+"`.* TO '"+name+"'@'%'")
			t.Cleanup(func() { db.Exec(t, "DROP USER '"+name+"'@'%'") })
			want = []string{"lacks the right ALTER, CREATE", "TRIGGER"}
		}
		s := as(t, db, name, "x")
		before := db.Query(t, "SELECT * FROM manage_lease")
		_, err := s.Expand(context.Background(), Request{AllowBlocking: true})
		var not *NotReady
		if !errors.As(err, &not) {
			t.Fatalf("error %v", err)
		}
		for _, w := range want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%q does not say %q", err, w)
			}
		}
		if after := db.Query(t, "SELECT * FROM manage_lease"); len(after) != len(before) || after[0][3] != before[0][3] {
			t.Errorf("the lease was %v and is %v", before, after)
		}
	})
}

// Where somebody else has the lease at first, server and rights are looked at
// once he is done, before anything is changed.
func TestNotReadyAfterWaiting(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		name := "w" + db.Name
		must(t, service(t, inn(t), db), "sync", "open01")
		switch {
		case db.Dialect == flavor.SQLite:
			return // has neither users nor settings
		case db.Dialect == flavor.Postgres:
			db.Exec(t, "CREATE ROLE "+name+" LOGIN PASSWORD 'x'; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "+name)
			t.Cleanup(func() { db.Exec(t, "DROP OWNED BY "+name+"; DROP ROLE "+name) })
		default:
			db.Exec(t, "CREATE USER '"+name+"'@'%' IDENTIFIED BY 'x'; GRANT SELECT, INSERT, UPDATE, DELETE ON `"+strings.ReplaceAll(db.Name, "_", `\_`)+"`.* TO '"+name+"'@'%'")
			t.Cleanup(func() { db.Exec(t, "DROP USER '"+name+"'@'%'") })
		}
		db.Exec(t, "UPDATE manage_lease SET holder = 'root@other', expires = '2999-01-01 00:00:00'")
		s, before := as(t, db, name, "x"), schemaOf(t, db)
		waited := 0
		s.Events = func(e any) {
			if _, ok := e.(run.Waiting); ok {
				waited++
				db.Exec(t, "UPDATE manage_lease SET expires = '2000-01-01 00:00:00'")
			}
		}
		_, err := s.Expand(context.Background(), Request{AllowBlocking: true})
		var not *NotReady
		if !errors.As(err, &not) || waited == 0 {
			t.Fatalf("waited %d times, error %v", waited, err)
		}
		if diff := enginetest.CompareSnapshots(before, schemaOf(t, db)); diff != "" {
			t.Error(diff)
		}
		if n := db.Strings(t, "SELECT count(*) FROM manage_journal WHERE revision <> 'open01'"); n[0] != "0" {
			t.Errorf("%s attempts were begun", n[0])
		}
	})
}

func TestReadGrants(t *testing.T) {
	for _, tt := range []struct {
		lines   string
		missing string
		known   bool
	}{
		{"GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION", "", true},
		{"GRANT USAGE ON *.* TO `u`@`%`\nGRANT ALL PRIVILEGES ON `inn`.* TO `u`@`%`", "", true},
		{"GRANT USAGE ON *.* TO `u`@`%`\nGRANT SELECT, ALTER ON `inn`.* TO `u`@`%`", "DROP", true},
		{"GRANT SELECT, ALTER ON `other`.* TO `u`@`%`", "ALTER DROP", true},
		{"GRANT USAGE ON *.* TO `u`@`%`\nGRANT `admins`@`%` TO `u`@`%`", "", false},
		{"GRANT SELECT ON `inn`.`rooms` TO `u`@`%`", "", false},
		{"GRANT SELECT ON `in%`.* TO `u`@`%`", "", false},
		{"GRANT ALTER, DROP ON `i\\_n`.* TO `u`@`%`", "", true},
	} {
		schema := "inn"
		if strings.Contains(tt.lines, `\_`) {
			schema = "i_n"
		}
		g := readGrants(strings.Split(tt.lines, "\n"), schema)
		if g.server("SUPER") != strings.Contains(tt.lines, "PRIVILEGES ON *.*") {
			t.Errorf("%s: SUPER %t", tt.lines, g.server("SUPER"))
		}
		if got := strings.Join(g.missing([]string{"ALTER", "DROP"}), " "); got != tt.missing || g.known != tt.known {
			t.Errorf("%s: missing %q, known %t", tt.lines, got, g.known)
		}
	}
}
