package backend

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"manage/engine/flavor"
)

func query(pairs ...string) map[string][]string {
	q := map[string][]string{}
	for i := 0; i < len(pairs); i += 2 {
		q[pairs[i]] = append(q[pairs[i]], pairs[i+1])
	}
	return q
}

func TestParseURL(t *testing.T) {
	for _, c := range []struct {
		raw  string
		want URL
	}{
		{"mysql+pymysql://u:p@h/d", URL{Scheme: "mysql+pymysql", Dialect: flavor.MySQL, User: "u", Password: "p", HasPassword: true, Host: "h", Database: "d"}},
		{"mysql+mysqldb://u:p@h:3307/d", URL{Scheme: "mysql+mysqldb", Dialect: flavor.MySQL, User: "u", Password: "p", HasPassword: true, Host: "h", Port: 3307, Database: "d"}},
		{"mysql+mysqlconnector://u@h/d", URL{Scheme: "mysql+mysqlconnector", Dialect: flavor.MySQL, User: "u", Host: "h", Database: "d"}},
		{"mysql://h/d", URL{Scheme: "mysql", Dialect: flavor.MySQL, Host: "h", Database: "d"}},
		{"mariadb://h/d", URL{Scheme: "mariadb", Dialect: flavor.MariaDB, Host: "h", Database: "d"}},
		{"mariadb+pymysql://h/d", URL{Scheme: "mariadb+pymysql", Dialect: flavor.MariaDB, Host: "h", Database: "d"}},
		{"postgresql://u@h/d", URL{Scheme: "postgresql", Dialect: flavor.Postgres, User: "u", Host: "h", Database: "d"}},
		{"postgresql+psycopg2://u@h/d", URL{Scheme: "postgresql+psycopg2", Dialect: flavor.Postgres, User: "u", Host: "h", Database: "d"}},
		{"postgresql+psycopg://u@h/d", URL{Scheme: "postgresql+psycopg", Dialect: flavor.Postgres, User: "u", Host: "h", Database: "d"}},
		{"postgres://u@h/d", URL{Scheme: "postgres", Dialect: flavor.Postgres, User: "u", Host: "h", Database: "d"}},
		{" postgresql://h/d\n", URL{Scheme: "postgresql", Dialect: flavor.Postgres, Host: "h", Database: "d"}},

		// Where user and password end.
		{"mysql://u:a/b#c?d:e@h/d", URL{Scheme: "mysql", Dialect: flavor.MySQL, User: "u", Password: "a/b#c?d:e", HasPassword: true, Host: "h", Database: "d"}},
		{"mysql://u:p+w@h/d", URL{Scheme: "mysql", Dialect: flavor.MySQL, User: "u", Password: "p+w", HasPassword: true, Host: "h", Database: "d"}},
		{"mysql://u%40x:p%40w%25%2f@h/d", URL{Scheme: "mysql", Dialect: flavor.MySQL, User: "u@x", Password: "p@w%/", HasPassword: true, Host: "h", Database: "d"}},
		{"mysql://u@x:p@h/d", URL{Scheme: "mysql", Dialect: flavor.MySQL, User: "u@x", Password: "p", HasPassword: true, Host: "h", Database: "d"}},
		{"mysql://u:@h/d", URL{Scheme: "mysql", Dialect: flavor.MySQL, User: "u", HasPassword: true, Host: "h", Database: "d"}},
		{"mysql://:p@h/d", URL{Scheme: "mysql", Dialect: flavor.MySQL, Password: "p", HasPassword: true, Host: "h", Database: "d"}},
		{"mysql://@h/d", URL{Scheme: "mysql", Dialect: flavor.MySQL, Host: "h", Database: "d"}},

		// Host, port, database.
		{"mysql://u@[::1]:3306/d", URL{Scheme: "mysql", Dialect: flavor.MySQL, User: "u", Host: "::1", Port: 3306, Database: "d"}},
		{"mysql://[fe80::1]/d", URL{Scheme: "mysql", Dialect: flavor.MySQL, Host: "fe80::1", Database: "d"}},
		{"mysql://h:/d", URL{Scheme: "mysql", Dialect: flavor.MySQL, Host: "h", Database: "d"}},
		{"mysql://u@:3306/d", URL{Scheme: "mysql", Dialect: flavor.MySQL, User: "u", Port: 3306, Database: "d"}},
		{"postgresql://u@h", URL{Scheme: "postgresql", Dialect: flavor.Postgres, User: "u", Host: "h"}},
		{"postgresql://h/a/b%20c", URL{Scheme: "postgresql", Dialect: flavor.Postgres, Host: "h", Database: "a/b%20c"}},
		{"postgresql://", URL{Scheme: "postgresql", Dialect: flavor.Postgres}},

		// Options.
		{"mysql://h/d?charset=utf8&ssl_ca=/a%20b.pem", URL{Scheme: "mysql", Dialect: flavor.MySQL, Host: "h", Database: "d", Query: query("charset", "utf8", "ssl_ca", "/a b.pem")}},
		{"mysql://h/d?a=x+y&b=&c", URL{Scheme: "mysql", Dialect: flavor.MySQL, Host: "h", Database: "d", Query: query("a", "x y")}},
		{"mysql://h/d?a=1#x", URL{Scheme: "mysql", Dialect: flavor.MySQL, Host: "h", Database: "d", Query: query("a", "1#x")}},
		{"mysql://h?unix_socket=/s", URL{Scheme: "mysql", Dialect: flavor.MySQL, Host: "h", Query: query("unix_socket", "/s")}},
		{"postgresql://u:p@/d?host=/var/run", URL{Scheme: "postgresql", Dialect: flavor.Postgres, User: "u", Password: "p", HasPassword: true, Database: "d", Query: query("host", "/var/run")}},
		{"postgresql://u@/d?host=h1:5432&host=h2:5433", URL{Scheme: "postgresql", Dialect: flavor.Postgres, User: "u", Database: "d", Query: query("host", "h1:5432", "host", "h2:5433")}},

		// SQLite.
		{"sqlite://", URL{Scheme: "sqlite", Dialect: flavor.SQLite}},
		{"sqlite:///", URL{Scheme: "sqlite", Dialect: flavor.SQLite}},
		{"sqlite:///:memory:", URL{Scheme: "sqlite", Dialect: flavor.SQLite, Database: ":memory:"}},
		{"sqlite:///rel/x.db", URL{Scheme: "sqlite", Dialect: flavor.SQLite, Database: "rel/x.db"}},
		{"sqlite+pysqlite:////abs/x.db", URL{Scheme: "sqlite+pysqlite", Dialect: flavor.SQLite, Database: "/abs/x.db"}},
		{"sqlite:///file:x.db?mode=ro&uri=true", URL{Scheme: "sqlite", Dialect: flavor.SQLite, Database: "file:x.db", Query: query("mode", "ro", "uri", "true")}},

		// Plain forms.
		{"service.db", URL{Scheme: "sqlite", Dialect: flavor.SQLite, Database: "service.db"}},
		{"/var/lib/a b.sqlite", URL{Scheme: "sqlite", Dialect: flavor.SQLite, Database: "/var/lib/a b.sqlite"}},
		{"x.sqlite3", URL{Scheme: "sqlite", Dialect: flavor.SQLite, Database: "x.sqlite3"}},
		{":memory:", URL{Scheme: "sqlite", Dialect: flavor.SQLite, Database: ":memory:"}},
		{"file:x.db?mode=ro", URL{Scheme: "sqlite", Dialect: flavor.SQLite, Database: "file:x.db", Query: query("mode", "ro")}},
		{"file:///x.db", URL{Scheme: "sqlite", Dialect: flavor.SQLite, Database: "file:///x.db"}},
	} {
		got, err := ParseURL(c.raw)
		if err != nil {
			t.Errorf("%s: %v", c.raw, err)
			continue
		}
		if len(got.Query) == 0 {
			got.Query = nil
		}
		if diff := cmp.Diff(c.want, *got); diff != "" {
			t.Errorf("%s:\n%s", c.raw, diff)
		}
	}
}

// secret stands where a password could be; no message may hold it.
const secret = "s3cret"

func TestParseURLErrors(t *testing.T) {
	for raw, want := range map[string]string{
		"":                               "is empty",
		"   ":                            "is empty",
		"u:" + secret + "@h/d":           "is not a URL",
		"u:" + secret + "@tcp(h:1)/d":    "is not a URL",
		"host=h password=" + secret:      "is not a URL",
		"my sql://u:" + secret + "@h/d":  "is not a URL",
		"oracle://u:" + secret + "@h/d":  `begins with "oracle://"`,
		"mysql://u:" + secret + "@x@h/d": "has an @ in its password",
		"mysql://u:p@" + secret + "@h/d": "has an @ in its password",
		"mysql://u:%zz" + secret + "@h":  "password in the connection URL has a %",
		"mysql://%zz:" + secret + "@h":   "user name in the connection URL has a %",
		"mysql://h:" + secret + "/d":     "port in the connection URL is not a number",
		"mysql://u:p@h:99999/d":          "port in the connection URL is not a number",
		"mysql://h/d?a=%zz":              `option "a"`,
		"mysql://h/d?%zz=a":              "in its name",
		"postgresql://h1,h2/d":           "several hosts",
		"sqlite://h/x.db":                "has no host or user",
		"sqlite://u:" + secret + "@/x":   "has no host or user",
	} {
		_, err := ParseURL(raw)
		var e *Error
		switch {
		case !errors.As(err, &e) || e.Class != BadURL:
			t.Errorf("%q: error is %#v", raw, err)
		case !strings.Contains(e.Error(), want) || strings.Contains(e.Error(), secret):
			t.Errorf("%q: error is %q, want %q in it", raw, e.Error(), want)
		}
	}
}

func TestURLString(t *testing.T) {
	for raw, want := range map[string]string{
		"mysql+pymysql://u:s3cret@h:3306/d?charset=utf8": "mysql+pymysql://u:***@h:3306/d?charset=utf8",
		"mysql://u:@h/d":               "mysql://u:***@h/d",
		"mysql://u@h/d":                "mysql://u@h/d",
		"mysql://:s3cret@h/d":          "mysql://:***@h/d",
		"mysql://u%40x:s3cret@[::1]/d": "mysql://u%40x:***@[::1]/d",
		"postgresql://h/d?sslpassword=s3cret&host=/var/run": "postgresql://h/d?host=/var/run&sslpassword=***",
		"postgresql://h/d?password=s3cret":                  "postgresql://h/d?password=***",
		"postgresql://h/d?options=-c x":                     "postgresql://h/d?options=-c+x",
		"sqlite:////a/x.db":                                 "sqlite:////a/x.db",
		"sqlite://":                                         "sqlite://",
		"x.db":                                              "sqlite:///x.db",
	} {
		u, err := ParseURL(raw)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if got := u.String(); got != want {
			t.Errorf("%s is shown as %s, want %s", raw, got, want)
		}
	}
}

// TestPasswordNeverShown: whatever a password holds and wherever the URL goes
// wrong, the password is in neither form of the answer.
func TestPasswordNeverShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := rapid.StringMatching(`(mysql|postgresql|sqlite|orcl)(\+x)?:?//?u(:x)?`).Draw(t, "before")
		around := rapid.StringMatching(`[:/@?#%&=a-z0-9\[\] ]{0,6}`)
		password := around.Draw(t, "a") + "S3CRET" + around.Draw(t, "b")
		raw := before + ":" + password + "@" + rapid.StringMatching(`[a-z:/@?=\[\]]{0,8}`).Draw(t, "rest")
		u, err := ParseURL(raw)
		shown := ""
		if err != nil {
			shown = err.Error()
		} else if u.Password != "" && strings.Contains(u.Password, "S3CRET") {
			shown = u.String()
		}
		if strings.Contains(shown, "S3CRET") {
			t.Fatalf("%q is told as %q", raw, shown)
		}
	})
}

func FuzzParseURL(f *testing.F) {
	for _, seed := range []string{"mysql+pymysql://u:p@h:1/d?a=b", "sqlite:///x", "postgresql://[::1]/d", "://", "a://@:@[]:/?&", "x.db"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := ParseURL(raw)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Class != BadURL || e.Message == "" {
				t.Fatalf("error %#v", err)
			}
			return
		}
		if !u.Dialect.Known() || u.Query == nil && u.Scheme != "sqlite" {
			t.Fatalf("%q is %+v", raw, u)
		}
		if !u.HasPassword && u.Password != "" {
			t.Fatalf("%q has a password and has none", raw)
		}
	})
}
