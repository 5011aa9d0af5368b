package flavor_test

import (
	"testing"

	"manage/engine/flavor"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]flavor.Flavor{
		"10.11.19-MariaDB-0+deb12u1":  {Dialect: flavor.MariaDB, Major: 10, Minor: 11, Patch: 19},
		"15.18 (Debian 15.18-0+deb1)": {Dialect: flavor.MariaDB, Major: 15, Minor: 18},
		"9.7.4-2":                     {Dialect: flavor.MariaDB, Major: 9, Minor: 7, Patch: 4},
		"no version":                  flavor.Default(flavor.MariaDB),
		"":                            flavor.Default(flavor.MariaDB),
	} {
		if got := flavor.Parse(flavor.MariaDB, text); got != want {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
}

func TestAtLeast(t *testing.T) {
	f := flavor.Flavor{Dialect: flavor.MariaDB, Major: 10, Minor: 6, Patch: 2}
	for _, c := range []struct {
		major, minor, patch int
		want                bool
	}{{10, 6, 2, true}, {10, 6, 3, false}, {10, 7, 0, false}, {10, 5, 9, true}, {9, 99, 99, true}, {11, 0, 0, false}} {
		if got := f.AtLeast(c.major, c.minor, c.patch); got != c.want {
			t.Errorf("%v at least %d.%d.%d is %v", f, c.major, c.minor, c.patch, got)
		}
	}
}

// A dialect's own value wins, then MySQL's for MariaDB, then the other.
func TestPick(t *testing.T) {
	values := map[string]string{"sqlite": "s", "mysql": "m", "other": "o"}
	for d, want := range map[flavor.Dialect]string{flavor.SQLite: "s", flavor.MySQL: "m", flavor.MariaDB: "m", flavor.Postgres: "o"} {
		if got, ok := flavor.Pick(values, d); got != want || !ok {
			t.Errorf("%s picks %q", d, got)
		}
	}
	values["mariadb"] = "own"
	if got, _ := flavor.Pick(values, flavor.MariaDB); got != "own" {
		t.Errorf("MariaDB picks %q although it has its own", got)
	}
	if got, ok := flavor.Pick(map[string]string{"sqlite": "s"}, flavor.Postgres); ok {
		t.Errorf("PostgreSQL picks %q", got)
	}
}

func TestServes(t *testing.T) {
	for _, c := range []struct {
		names string
		d     flavor.Dialect
		want  bool
	}{
		{"", flavor.Postgres, true}, {"sqlite", flavor.Postgres, false}, {"mysql", flavor.MariaDB, true},
		{"mariadb", flavor.MySQL, false}, {"mariadb", flavor.MariaDB, true}, {"postgres", flavor.Postgres, true},
	} {
		var names []string
		if c.names != "" {
			names = []string{c.names}
		}
		if got := flavor.Serves(names, c.d); got != c.want {
			t.Errorf("%q serves %s: %v", c.names, c.d, got)
		}
	}
}

// Every known dialect has a title, a default version and answers to each
// question; others have none.
func TestDialects(t *testing.T) {
	for _, d := range flavor.Dialects() {
		f := flavor.Default(d)
		if !d.Known() || d.Title() == string(d) || f.Major == 0 || f.Dialect != d {
			t.Errorf("%s: known %v, title %q, default %v", d, d.Known(), d.Title(), f)
		}
		if f.TransactionalDDL() == d.MySQLFamily() || f.NamedEnums() != (d == flavor.Postgres) {
			t.Errorf("%s: transactional %v, enums %v", d, f.TransactionalDDL(), f.NamedEnums())
		}
	}
	if d := flavor.Dialect("oracle"); d.Known() || d.Title() != "oracle" {
		t.Errorf("%s is known", d)
	}
}

func TestSaysReplica(t *testing.T) {
	for f, want := range map[flavor.Flavor]bool{
		{Dialect: flavor.MySQL, Major: 8, Minor: 0, Patch: 21}:   false,
		{Dialect: flavor.MySQL, Major: 8, Minor: 0, Patch: 22}:   true,
		{Dialect: flavor.MariaDB, Major: 11, Minor: 4, Patch: 1}: false,
	} {
		if got := f.SaysReplica(); got != want {
			t.Errorf("%v: %v", f, got)
		}
	}
}
