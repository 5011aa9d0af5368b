package enginetest

import (
	"strconv"
	"strings"
	"testing"

	"manage/engine/flavor"
)

func TestMain(m *testing.M) { Main(m) }

// Two databases of one server do not see each other, and rows come back.
func TestFreshDatabases(t *testing.T) {
	Each(t, func(t *testing.T, db Database) {
		if db.Flavor.Major == 0 || db.Flavor.Dialect != db.Dialect {
			t.Errorf("flavor %v of a %s database", db.Flavor, db.Dialect)
		}
		db.Exec(t, "CREATE TABLE a (id INTEGER PRIMARY KEY, name VARCHAR(10)); INSERT INTO a VALUES (1, 'x'), (2, NULL)")
		if got := strings.Join(db.Strings(t, "SELECT name FROM a ORDER BY id"), " "); got != "x NULL" {
			t.Errorf("rows %q", got)
		}
		other := New(t, db.Dialect)
		other.Exec(t, "CREATE TABLE a (id INTEGER)")
	})
}

// A user made by Reader reads, also tables made later, and cannot write; a
// wrong password is refused.
func TestUsers(t *testing.T) {
	for _, d := range []flavor.Dialect{flavor.Postgres, flavor.MariaDB} {
		t.Run(string(d), func(t *testing.T) {
			db := New(t, d)
			reader := db
			reader.URL = db.Reader(t)
			reader.connect(t)
			db.Exec(t, "CREATE TABLE a (id INTEGER)")
			reader.Query(t, "SELECT * FROM a")
			if _, err := reader.SQL().Exec("INSERT INTO a VALUES (1)"); err == nil {
				t.Error("the reader could write")
			}
			wrong := db
			wrong.URL = db.WrongPassword(t)
			wrong.connect(t)
			if err := wrong.SQL().Ping(); err == nil {
				t.Error("a wrong password was accepted")
			}
		})
	}
}

// A private server keeps all that it has committed when it is stopped or
// killed, and answers nobody in between.
func TestPrivateServer(t *testing.T) {
	for _, d := range []flavor.Dialect{flavor.Postgres, flavor.MariaDB} {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			s := Private(t, d, Options{})
			db := s.New(t)
			db.Exec(t, "CREATE TABLE a (id INTEGER)")
			for i, end := range []func() error{s.Stop, s.Kill9} {
				db.Exec(t, "INSERT INTO a VALUES (1)")
				if err := end(); err != nil {
					t.Fatal(err)
				}
				if err := db.SQL().Ping(); err == nil {
					t.Fatal("a stopped server answers")
				}
				if err := s.Restart(); err != nil {
					t.Fatal(err)
				}
				if got := db.Strings(t, "SELECT count(*) FROM a"); got[0] != strconv.Itoa(i+1) {
					t.Errorf("%s rows after the restart, want %d", got[0], i+1)
				}
			}
		})
	}
}
