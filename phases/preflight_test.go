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
			want = []string{"lacks the right ALTER, CREATE", "TRIGGER on the database"}
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
		unchanged(t, db, before)
	})
}

// On a server that takes no changes nobody waits for a lease that is held there,
// as it is on a replica while somebody works on the primary.
func TestNotReadyInsteadOfWaiting(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		must(t, service(t, inn(t), db), "sync", "open01")
		db.Exec(t, "UPDATE manage_lease SET holder = 'root@other', expires = '2999-01-01 00:00:00'")
		name := "w" + db.Name
		switch {
		case db.Dialect == flavor.SQLite:
			return // has neither users nor settings
		case db.Dialect == flavor.Postgres:
			db.Exec(t, "CREATE ROLE "+name+" LOGIN PASSWORD 'x'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO "+name+"; ALTER ROLE "+name+" SET default_transaction_read_only = on")
			t.Cleanup(func() { db.Exec(t, "DROP OWNED BY "+name+"; DROP ROLE "+name) })
		default:
			db.Exec(t, "CREATE USER '"+name+"'@'%' IDENTIFIED BY 'x'; GRANT SELECT ON `"+strings.ReplaceAll(db.Name, "_", `\_`)+"`.* TO '"+name+"'@'%'")
			t.Cleanup(func() { db.Exec(t, "DROP USER '"+name+"'@'%'") })
		}
		s := as(t, db, name, "x")
		s.Events = func(e any) {
			if _, ok := e.(run.Waiting); ok {
				t.Error("it is waited for")
				db.Exec(t, "UPDATE manage_lease SET expires = '2000-01-01 00:00:00'")
			}
		}
		_, err := s.Sync(t.Context(), Request{})
		var not *NotReady
		if !errors.As(err, &not) {
			t.Fatalf("error %v", err)
		}
	})
}

func TestReadGrants(t *testing.T) {
	for _, tt := range []struct{ schema, active, lines, missing string }{
		{"inn", "", "GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION", ""},
		{"inn", "", "GRANT USAGE ON *.* TO `u`@`%`\nGRANT ALL PRIVILEGES ON `inn`.* TO `u`@`%`", ""},
		{"inn", "", "GRANT USAGE ON *.* TO `u`@`%`\nGRANT SELECT, ALTER ON `inn`.* TO `u`@`%`", "DROP on the database inn"},
		{"inn", "", "GRANT SELECT, ALTER ON `other`.* TO `u`@`%`", "ALTER, DROP on the database inn"},
		{"inn", "", "GRANT USAGE ON *.* TO `u`@`%`\nGRANT `admins`@`%` TO `u`@`%`", "ALTER, DROP on the database inn (the role admins of the user is not active; SET DEFAULT ROLE makes it so)"},
		{"inn", "`admins`@`%`", "GRANT ALTER, DROP ON `inn`.* TO `u`@`%`\nGRANT `admins`@`%` TO `u`@`%`", ""},
		{"inn", "admins", "GRANT `admins` TO `u`@`%`\nGRANT ALTER, DROP ON `inn`.* TO `admins`\nSET DEFAULT ROLE `admins` FOR `u`@`%`", ""},
		{"inn", "", "GRANT ALTER ON `inn`.`rooms` TO `u`@`%`", "DROP on the table rooms and ALTER on the table guests"},
		{"inn", "", "GRANT ALTER, DROP ON `inn`.`rooms` TO `u`@`%`\nGRANT ALTER ON `inn`.`guests` TO `u`@`%`", ""},
		{"inn", "", "GRANT SELECT (`a`, `b`), ALTER (`c`) ON `inn`.`guests` TO `u`@`%`", "ALTER, DROP on the table rooms"},
		{"inn", "", "GRANT ALTER, DROP ON `in%`.* TO `u`@`%`", ""},
		{"inn", "", "GRANT ALTER, DROP ON `_nn`.* TO `u`@`%`", ""},
		{"inn", "", "GRANT ALTER, DROP ON `on%`.* TO `u`@`%`", "ALTER, DROP on the database inn"},
		{"inn", "", "GRANT SELECT ON `inn`.* TO `u`@`%`\nGRANT ALTER, DROP ON `in%`.* TO `u`@`%`", "ALTER, DROP on the database inn"},
		{"inn", "", "GRANT SELECT ON `inn`.* TO `u`@`%`\nGRANT ALTER, DROP ON `in%`.* TO PUBLIC", ""},
		{"i_n", "", "GRANT ALTER, DROP ON `i\\_n`.* TO `u`@`%`", ""},
		{"inn", "", "GRANT ALTER, DROP ON `i\\_n`.* TO `u`@`%`", "ALTER, DROP on the database inn"},
		{"inn", "", "GRANT ALTER, DROP ON *.* TO `u`@`%`\nREVOKE DROP ON `inn`.* FROM `u`@`%`", "DROP on the database inn"},
		{"inn", "", "GRANT ALTER, DROP ON *.* TO `u`@`%`\nREVOKE DROP ON `other`.* FROM `u`@`%`", ""},
		{"i`n", "", "GRANT ALTER, DROP ON `i``n`.* TO `u`@`%`\nGRANT EXECUTE ON PROCEDURE `i``n`.`p` TO `u`@`%`\nGRANT PROXY ON ''@'' TO 'root'@'localhost'", ""},
		{"inn", "", "GRANT something new", ""},
	} {
		g := readGrants(strings.Split(tt.lines, "\n"), tt.schema, tt.active)
		if g.server("SUPER") != strings.Contains(tt.lines, "PRIVILEGES ON *.*") {
			t.Errorf("%s: SUPER %t", tt.lines, g.server("SUPER"))
		}
		got := g.missing([]right{{"ALTER", "rooms"}, {"DROP", "rooms"}, {"ALTER", "guests"}}, tt.schema)
		if got != "" {
			got += g.asleep()
		}
		if got != tt.missing {
			t.Errorf("%s: missing %q", tt.lines, got)
		}
	}
}
