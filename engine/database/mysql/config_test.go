package mysql

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"manage/engine/database/backend"
	"manage/engine/flavor"
)

func parsed(t *testing.T, raw string) *backend.URL {
	t.Helper()
	u, err := backend.ParseURL(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func config(t *testing.T, raw string) *mysql.Config {
	t.Helper()
	c, err := driverConfig(parsed(t, raw))
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return c
}

func TestPlaces(t *testing.T) {
	for raw, want := range map[string]string{
		"mysql+pymysql://u:p@h/d": "tcp h:3306",
		"mysql://u:p@h:3307/d":    "tcp h:3307",
		"mysql://u:p@[::1]/d":     "tcp [::1]:3306",
		"mysql://u:p@/d":          "tcp localhost:3306",
		"mysql+pymysql://u:p@localhost/d?unix_socket=/run/m.sock": "unix /run/m.sock",
		"mysql+pymysql://u:p@/d?unix_socket=/run/m.sock":          "unix /run/m.sock",
	} {
		c := config(t, raw)
		if got := c.Net + " " + c.Addr; got != want || c.User != "u" || c.Passwd != "p" || c.DBName != "d" {
			t.Errorf("%s connects to %s as %s:%s, want %s", raw, got, c.User, c.Passwd, want)
		}
	}
}

// TestGreeting: one statement sets all that a session needs, whatever the
// configuration says of the mode.
func TestGreeting(t *testing.T) {
	none, ansi, wait := "", "ansi, STRICT_ALL_TABLES", 7
	for _, c := range []struct {
		raw  string
		o    backend.Options
		want string
	}{
		{"mysql://h/d", backend.Options{}, "SET NAMES utf8mb4 COLLATE utf8mb4_general_ci, sql_mode='TRADITIONAL', autocommit=1"},
		{"mysql://h/d", backend.Options{SQLMode: &none}, "UPPER(@@sql_mode)"},
		{"mysql://h/d", backend.Options{SQLMode: &ansi}, "UPPER(CONVERT(X'616e73692c5354524943545f414c4c5f5441424c4553' USING utf8mb4))"},
		{"mysql://h/d?sql_mode=x'y", backend.Options{SQLMode: &ansi}, "X'782779'"},
		{"mysql://h/d", backend.Options{WsrepSyncWait: &wait}, "wsrep_sync_wait=7"},
	} {
		u := parsed(t, c.raw)
		speaks, err := setCharset(config(t, c.raw), u)
		if err != nil {
			t.Fatal(err)
		}
		if got := greeting(speaks, u, c.o); !strings.Contains(got, c.want) {
			t.Errorf("%s:\n%s\nwant %s in it", c.raw, got, c.want)
		}
	}
	c := config(t, "mysql://h/d?read_timeout=5&write_timeout=6")
	if !c.ClientFoundRows || !c.InterpolateParams || !c.ParseTime || c.MultiStatements || c.ReadTimeout != 5*time.Second || c.WriteTimeout != 6*time.Second {
		t.Errorf("config is %+v", c)
	}
	if _, silent := c.Logger.(*mysql.NopLogger); !silent {
		t.Error("the driver would write to standard error")
	}
}

// TestCharset: utf8 is never the server's three-byte set.
func TestCharset(t *testing.T) {
	for raw, want := range map[string]string{
		"mysql://h/d":                                           "NAMES utf8mb4 COLLATE utf8mb4_general_ci",
		"mysql://h/d?charset=utf8":                              "NAMES utf8mb4 COLLATE utf8mb4_general_ci",
		"mysql://h/d?charset=UTF8MB3":                           "NAMES utf8mb4 COLLATE utf8mb4_general_ci",
		"mysql://h/d?charset=utf8mb4":                           "NAMES utf8mb4 COLLATE utf8mb4_general_ci",
		"mysql://h/d?charset=latin1":                            "NAMES latin1",
		"mysql://h/d?charset=utf8&collation=utf8mb4_unicode_ci": "NAMES utf8mb4 COLLATE utf8mb4_unicode_ci",
		"mysql://h/d?charset=latin1&collation=latin1_swedish_ci&use_unicode=1": "NAMES latin1 COLLATE latin1_swedish_ci",
	} {
		speaks, err := setCharset(config(t, raw), parsed(t, raw))
		if err != nil || speaks.names() != want {
			t.Errorf("%s asks for %q, want %q: %v", raw, speaks.names(), want, err)
		}
	}
}

func TestConfigErrors(t *testing.T) {
	for raw, want := range map[string]string{
		"mysql://u:s3cret@h":                          "names no database",
		"mysql://u:s3cret@h/d?sslmode=require":        `the option "sslmode", which is not known`,
		"mysql://u:s3cret@h/d?read_timeout=soon":      "the option read_timeout of the MySQL URL is not a number of seconds",
		"mysql://u:s3cret@h/d?connect_timeout=soon":   "connect_timeout of the connection URL is not a number of seconds",
		"mysql://u:s3cret@h/d?charset=utf8;DROP":      "are single words",
		"mysql://u:s3cret@h/d?charset=sjis":           "the charset sjis of the MySQL URL is not supported: use utf8mb4",
		"mysql://u:s3cret@h/d?ssl_ca=/no/ca.pem":      "the certificate authority /no/ca.pem cannot be used: no such file or directory",
		"mysql://u:s3cret@h/d?ssl_capath=/no/dir":     "the directory /no/dir of ssl_capath cannot be used: no such file or directory",
		"mysql://u:s3cret@h/d?ssl_ca=/dev/null":       "a device, not a regular file",
		"mysql://u:s3cret@h/d?ssl_cert=/c":            "need each other",
		"mysql://u:s3cret@h/d?ssl_cert=/c&ssl_key=/k": "the client certificate /c with the key /k cannot be used: no such file or directory",
		"mysql://u:s3cret@h/d?ssl_cipher=AES":         "ssl_cipher of the MySQL URL is not supported",
	} {
		_, err := Backend{}.Open(parsed(t, raw), backend.Options{})
		var e *backend.Error
		if !errors.As(err, &e) || e.Class != backend.BadURL || !strings.Contains(e.Message, want) || strings.Contains(e.Message+e.Hint, "s3cret") {
			t.Errorf("%s: error %v, want %q in it", raw, err, want)
		}
	}
	_, err := Backend{}.Open(parsed(t, "mysql://h/d"), backend.Options{Schema: "images"})
	if err == nil {
		t.Error("a schema was accepted")
	}
}

func TestServerFlavor(t *testing.T) {
	for _, c := range []struct {
		version, comment, wsrep string
		want                    flavor.Flavor
	}{
		{"10.11.19-MariaDB-0+deb12u1", "Debian 12", "OFF", flavor.Flavor{Dialect: flavor.MariaDB, Major: 10, Minor: 11, Patch: 19}},
		{"5.5.5-10.6.18-MariaDB-log", "", "", flavor.Flavor{Dialect: flavor.MariaDB, Major: 10, Minor: 6, Patch: 18}},
		{"11.4.2", "MariaDB Server", "ON", flavor.Flavor{Dialect: flavor.MariaDB, Major: 11, Minor: 4, Patch: 2, Galera: true}},
		{"8.4.3", "MySQL Community Server - GPL", "", flavor.Flavor{Dialect: flavor.MySQL, Major: 8, Minor: 4, Patch: 3}},
		{"8.0.36-28.1", "Percona XtraDB Cluster (GPL)", "ON", flavor.Flavor{Dialect: flavor.MySQL, Major: 8, Minor: 0, Patch: 36, Galera: true}},
	} {
		if got := serverFlavor(c.version, c.comment, c.wsrep); got != c.want {
			t.Errorf("%s is %+v, want %+v", c.version, got, c.want)
		}
	}
}

func TestLockTimeoutStatement(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                       "SET SESSION lock_wait_timeout = DEFAULT, SESSION innodb_lock_wait_timeout = DEFAULT",
		time.Millisecond:        "SET SESSION lock_wait_timeout = 1, SESSION innodb_lock_wait_timeout = 1",
		time.Second:             "SET SESSION lock_wait_timeout = 1, SESSION innodb_lock_wait_timeout = 1",
		1001 * time.Millisecond: "SET SESSION lock_wait_timeout = 2, SESSION innodb_lock_wait_timeout = 2",
	} {
		if got := lockTimeout(d, true); got != want {
			t.Errorf("%s is %s, want %s", d, got, want)
		}
	}
}

func TestClassify(t *testing.T) {
	for number, want := range map[uint16]backend.Class{
		1040: backend.Unreachable, 1045: backend.AuthFailed, 1049: backend.NoDatabase, 1142: backend.Denied, 1290: backend.ReadOnly,
		1205: backend.LockTimeout, 1213: backend.Deadlock, 1927: backend.ConnectionLost, 1062: backend.Duplicate, 1452: backend.ConstraintFailed,
		1146: backend.MissingTable, 1054: backend.MissingColumn, 1050: backend.AlreadyExists, 1114: backend.DiskFull, 1064: backend.Syntax,
		1317: backend.Interrupted, 9999: backend.Other,
	} {
		if e := (Backend{}).Classify(&mysql.MySQLError{Number: number, Message: "m"}); e.Class != want || e.Message != "m" {
			t.Errorf("%d is %+v, want class %s", number, e, want)
		}
	}
	for _, c := range []struct {
		err  error
		want backend.Class
	}{
		{mysql.ErrInvalidConn, backend.ConnectionLost}, {mysql.ErrNoTLS, backend.BadURL}, {mysql.ErrUnknownPlugin, backend.AuthFailed}, {mysql.ErrPktTooLarge, backend.Other},
	} {
		if e := (Backend{}).Classify(c.err); e == nil || e.Class != c.want || e.Message == "" {
			t.Errorf("%v is %+v, want class %s", c.err, e, c.want)
		}
	}
	if e := (Backend{}).Classify(errors.New("mine")); e != nil {
		t.Errorf("an error of nobody's is %+v", e)
	}
}
