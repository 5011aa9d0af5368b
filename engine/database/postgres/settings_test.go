package postgres

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"manage/engine/database/backend"
)

func parsed(t *testing.T, raw string) *backend.URL {
	t.Helper()
	u, err := backend.ParseURL(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestConnectionSettings(t *testing.T) {
	for raw, want := range map[string]map[string]string{
		"postgresql+psycopg2://u:p%40@h:5433/d":               {"user": "u", "password": "p@", "host": "h", "port": "5433", "dbname": "d", "sslmode": "prefer"},
		"postgresql://":                                       {"sslmode": "prefer"},
		"postgresql://u:@h/d":                                 {"user": "u", "password": "", "host": "h", "dbname": "d", "sslmode": "prefer"},
		"postgresql://u@/d?host=/var/run/postgresql":          {"user": "u", "host": "/var/run/postgresql", "dbname": "d", "sslmode": "prefer"},
		"postgresql://u@/d?host=/run&port=5433":               {"user": "u", "host": "/run", "port": "5433", "dbname": "d", "sslmode": "prefer"},
		"postgresql://u@:5433/d?host=/run":                    {"user": "u", "host": "/run", "port": "5433", "dbname": "d", "sslmode": "prefer"},
		"postgresql://u@/d?host=h1:5432&host=h2:5433":         {"user": "u", "host": "h1,h2", "port": "5432,5433", "dbname": "d", "sslmode": "prefer"},
		"postgresql://u@/d?host=h1:5433&host=h2":              {"user": "u", "host": "h1,h2", "port": "5433,5432", "dbname": "d", "sslmode": "prefer"},
		"postgresql://u@/d?host=h1&host=h2&port=1&port=2":     {"user": "u", "host": "h1,h2", "port": "1,2", "dbname": "d", "sslmode": "prefer"},
		"postgresql://u@/d?host=h1,h2":                        {"user": "u", "host": "h1,h2", "dbname": "d", "sslmode": "prefer"},
		"postgresql://u@/d?host=[::1]:5433&host=::2":          {"user": "u", "host": "::1,::2", "port": "5433,5432", "dbname": "d", "sslmode": "prefer"},
		"postgresql://h/d?sslmode=verify-full&sslrootcert=/c": {"host": "h", "dbname": "d", "sslmode": "verify-full", "sslrootcert": "/c"},
		"postgresql://h/d?connect_timeout=3":                  {"host": "h", "dbname": "d", "sslmode": "prefer", "connect_timeout": "3"},
		"postgresql://h/d?application_name=x&keepalives=1&plugin=dbcounter&client_encoding=latin1": {"host": "h", "dbname": "d", "sslmode": "prefer", "application_name": "x"},
		"postgresql://h/d?options=-csearch_path%3Dx&target_session_attrs=read-write": {"host": "h", "dbname": "d", "sslmode": "prefer",
			"options": "-csearch_path=x", "target_session_attrs": "read-write"},
	} {
		t.Setenv("PGSSLMODE", "")
		got, err := connectionSettings(parsed(t, raw), backend.Options{})
		if err != nil {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		want["fallback_application_name"], want["binary_parameters"] = "manage", "yes"
		if want["connect_timeout"] == "" {
			want["connect_timeout"] = "10"
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", raw, diff)
		}
	}
}

func TestSchemaAndEnvironment(t *testing.T) {
	t.Setenv("PGSSLMODE", "disable")
	got, err := connectionSettings(parsed(t, "postgresql://h/d"), backend.Options{Schema: `im"ages`})
	if err != nil || got["search_path"] != `"im""ages"` || got["sslmode"] != "" {
		t.Errorf("settings %v, %v", got, err)
	}
}

func TestSettingsErrors(t *testing.T) {
	for raw, want := range map[string]string{
		"postgresql://h/d?charset=utf8":                                `the PostgreSQL URL has the option "charset", which is not known`,
		"postgresql://h/d?channel_binding=require":                     `the option "channel_binding" of the PostgreSQL URL is not supported`,
		"postgresql://h/d?sslpassword=s3cret":                          `the option "sslpassword" of the PostgreSQL URL is not supported`,
		"postgresql://u@/d?host=h:x":                                   `the port of the host "h" in the PostgreSQL URL is not a number`,
		"postgresql://h/d?connect_timeout=soon":                        "the option connect_timeout of the connection URL is not a number of seconds",
		"postgresql://u:s3cret@h/d?sslmode=maybe":                      "sslmode",
		"postgresql://u:s3cret@h/d?sslmode=disable&sslrootcert=system": "sslrootcert",
		"postgresql://u:s3cret@h/d?target_session_attrs=x":             "target_session_attrs",
		"postgresql://u:s3cret@h/d?port=x":                             "port",
	} {
		_, err := Backend{}.Open(parsed(t, raw), backend.Options{})
		var e *backend.Error
		if !errors.As(err, &e) || e.Class != backend.BadURL || !strings.Contains(e.Message, want) || strings.Contains(e.Message+e.Hint, "s3cret") {
			t.Errorf("%s: error %#v, want %q in it", raw, err, want)
		}
	}
}

// TestKeywords: the driver reads back what was written, whatever is in it.
func TestKeywords(t *testing.T) {
	for _, password := range []string{"plain", "", `it's`, `back\slash`, " blanks ", `'\'`, "ü=x", "a\nb"} {
		config, err := pq.NewConfig(keywords(map[string]string{"password": password, "user": "u u", "host": "h", "sslmode": "disable"}))
		if err != nil || config.Password != password || config.User != "u u" {
			t.Errorf("password %q is read as %q, user as %q (%v)", password, config.Password, config.User, err)
		}
	}
}

func TestNumbered(t *testing.T) {
	for query, want := range map[string]string{
		"SELECT ?, ?":                    "SELECT $1, $2",
		"SELECT '?', ?":                  "SELECT '?', $1",
		"SELECT 'it''s ?', ?":            "SELECT 'it''s ?', $1",
		`SELECT '\', ?`:                  `SELECT '\', $1`,
		`SELECT E'\'?', ?`:               `SELECT E'\'?', $1`,
		`SELECT e'\\', ?`:                `SELECT e'\\', $1`,
		`SELECT the'\', ?`:               `SELECT the'\', $1`,
		`SELECT "a?" FROM t WHERE b = ?`: `SELECT "a?" FROM t WHERE b = $1`,
		"SELECT $$ ? $$, ?":              "SELECT $$ ? $$, $1",
		"SELECT $f$ ? $$ ? $f$, ?":       "SELECT $f$ ? $$ ? $f$, $1",
		"SELECT a$b?c$b, ?":              "SELECT a$b$1c$b, $2",
		"SELECT $1?":                     "SELECT $1$1",
		"-- ?\nSELECT ?":                 "-- ?\nSELECT $1",
		"/* ? /* ? */ ? */ ?":            "/* ? /* ? */ ? */ $1",
		"SELECT ? -- ?":                  "SELECT $1 -- ?",
		"SELECT 'open ?":                 "SELECT 'open ?",
		"SELECT $$ open ?":               "SELECT $$ open ?",
		"/* open ?":                      "/* open ?",
		"? $":                            "$1 $",
		"":                               "",
	} {
		if got := numbered(query); got != want {
			t.Errorf("%q becomes %q, want %q", query, got, want)
		}
	}
}

func FuzzNumbered(f *testing.F) {
	for _, seed := range []string{"a?b", "'?'?", "$x$?$x$", "E'\\'?", "/*/*?*/?*/?", "--?\n?"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		got := numbered(query)
		if strings.Count(query, "?") == 0 && got != query {
			t.Fatalf("%q becomes %q", query, got)
		}
		if len(got) < len(query) {
			t.Fatalf("%q loses text: %q", query, got)
		}
	})
}

func TestLockTimeoutStatement(t *testing.T) {
	for _, c := range []struct {
		d    time.Duration
		inTx bool
		want string
	}{
		{3 * time.Second, true, "SET LOCAL lock_timeout = 3000"},
		{time.Millisecond / 2, false, "SET SESSION lock_timeout = 1"},
		{0, false, "SET SESSION lock_timeout = 0"},
		{0, true, "SET LOCAL lock_timeout = 0"},
	} {
		if got := lockTimeout(c.d, c.inTx); got != c.want {
			t.Errorf("%s is %s, want %s", c.d, got, c.want)
		}
	}
}

func TestClassify(t *testing.T) {
	for code, want := range map[string]backend.Class{
		"57P03": backend.Unreachable, "53300": backend.Unreachable, "28P01": backend.AuthFailed, "3D000": backend.NoDatabase,
		"42501": backend.Denied, "25006": backend.ReadOnly, "55P03": backend.LockTimeout, "40P01": backend.Deadlock, "57P01": backend.ConnectionLost,
		"08006": backend.ConnectionLost, "23505": backend.Duplicate, "23503": backend.ConstraintFailed, "53100": backend.DiskFull,
		"57014": backend.Interrupted, "22012": backend.Other,
	} {
		e := Backend{}.Classify(&pq.Error{Code: pqerror.Code(code), Message: "m", Detail: "d."})
		if e.Class != want || e.Code != code || e.Message != "m: d" {
			t.Errorf("%s is %+v, want class %s", code, e, want)
		}
	}
	if e := (Backend{}).Classify(errors.New("mine")); e != nil {
		t.Errorf("an error of nobody's is %+v", e)
	}
	if e := (Backend{}).Classify(pq.ErrSSLNotSupported); e == nil || e.Class != backend.BadURL || e.Hint == "" {
		t.Errorf("a server without encryption is %+v", e)
	}
}
