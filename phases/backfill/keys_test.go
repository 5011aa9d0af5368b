package backfill_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/run"
	"manage/migrations/catalog"
	"manage/phases/backfill"
	"manage/schema"
)

// keyCase is a table's key: its columns, and rows of literals for them.
type keyCase struct {
	name    string
	columns string // what stands in CREATE TABLE, with %s names k1, k2 …
	key     []string
	rows    []string
	only    string // dialects, "" for all
}

// keyCases are the kinds of keys that cut a table.
var keyCases = []keyCase{
	{"integers", "k1 BIGINT NOT NULL, PRIMARY KEY (k1)", []string{"k1"},
		[]string{"-9223372036854775808", "-5", "0", "1", "2", "9", "10", "11", "100", "9223372036854775807"}, ""},
	{"integers in a row", "k1 BIGINT NOT NULL, PRIMARY KEY (k1)", []string{"k1"},
		[]string{"-4", "-3", "-2", "-1", "0", "1", "2", "3", "5", "6", "8", "4000000000", "4000000001", "4000000002", "9223372036854775806", "9223372036854775807"}, ""},
	{"unsigned", "k1 BIGINT UNSIGNED NOT NULL, PRIMARY KEY (k1)", []string{"k1"},
		[]string{"0", "1", "9223372036854775807", "9223372036854775808", "18446744073709551614", "18446744073709551615"}, "mysql mariadb"},
	{"zerofill", "k1 INT(8) ZEROFILL NOT NULL, PRIMARY KEY (k1)", []string{"k1"}, []string{"1", "2", "10", "77", "100"}, "mysql mariadb"},
	{"decimals", "k1 DECIMAL(20,4) NOT NULL, PRIMARY KEY (k1)", []string{"k1"},
		[]string{"-2.5", "-0.0001", "0", "0.1", "2.5", "10", "1000000000000000.0001", "1000000000000000.0002"}, "postgres mysql mariadb"},
	{"doubles", "k1 DOUBLE PRECISION NOT NULL, PRIMARY KEY (k1)", []string{"k1"}, []string{"-1e30", "-0.1", "0", "0.1", "0.30000000000000004", "1e300"}, ""},
	{"floats", "k1 REAL NOT NULL, PRIMARY KEY (k1)", []string{"k1"}, []string{"-0.1", "0", "0.1", "0.2", "0.7"}, ""},
	{"singles", "k1 FLOAT NOT NULL, PRIMARY KEY (k1)", []string{"k1"}, []string{"-0.1", "0", "0.1", "0.2", "0.7"}, "mysql mariadb"},
	{"strings", "k1 VARCHAR(80) NOT NULL, PRIMARY KEY (k1)", []string{"k1"},
		[]string{"''", "' '", "'it''s'", `'"quoted"'`, "'a:b'", "'B'", "'a'", "'n:5'", "'ä'", "'z'", "'Zoë'", "'日本'", "'100'", "'99'", "'%'", "'{range}'", "'?'", "'--'"}, "sqlite postgres"},
	{"strings with backslashes", "k1 VARCHAR(80) NOT NULL, PRIMARY KEY (k1)", []string{"k1"},
		[]string{`'\'`, `'a\b'`, `'a\'`, `'c:\temp'`, `'\x41'`}, "sqlite postgres"},
	{"strings of MySQL", "k1 VARCHAR(80) NOT NULL, PRIMARY KEY (k1)", []string{"k1"},
		[]string{"''", `'it\'s'`, `'"quoted"'`, `'a\\'`, `'a\\b'`, `'nul\0nul'`, `'nul\0'`, "'B'", "'a'", "'z'", "'Zoë'", "'日本'", "'😀'", "'100'", "'99'", "'%'", "'?'"}, "mysql mariadb"},
	{"latin1", "k1 VARCHAR(80) CHARACTER SET latin1 NOT NULL, PRIMARY KEY (k1)", []string{"k1"}, []string{"'a'", "'ä'", "'é'", "'z'", "'Z1'"}, "mysql mariadb"},
	{"binary collation", "k1 VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, PRIMARY KEY (k1)", []string{"k1"}, []string{"'a'", "'A'", "'b'", "'B'", "'ä'", "'Z'", "'z'"}, "mysql mariadb"},
	{"no case", "k1 TEXT COLLATE NOCASE NOT NULL PRIMARY KEY", []string{"k1"}, []string{"'B'", "'a'", "'C'", "'d'", "'E'"}, "sqlite"},
	{"NUL in text", "k1 TEXT NOT NULL PRIMARY KEY", []string{"k1"}, []string{"CAST(X'610062' AS TEXT)", "CAST(X'6100' AS TEXT)", "'a'", "'b'", "CAST(X'ff61' AS TEXT)"}, "sqlite"},
	{"text", "k1 TEXT NOT NULL, PRIMARY KEY (k1)", []string{"k1"}, []string{"'b'", "'a'", "'long" + "'", "'C'"}, "sqlite postgres"},
	{"padded", "k1 CHAR(5) NOT NULL, PRIMARY KEY (k1)", []string{"k1"}, []string{"'a'", "'ab'", "'abcde'", "'b'", "' '"}, ""},
	{"other collation", `k1 VARCHAR(20) COLLATE "C" NOT NULL, PRIMARY KEY (k1)`, []string{"k1"}, []string{"'a'", "'A'", "'b'", "'B'", "'ä'"}, "postgres"},
	{"uuid", "k1 UUID NOT NULL, PRIMARY KEY (k1)", []string{"k1"}, uuids, "postgres mariadb"},
	{"uuid as text", "k1 CHAR(36) NOT NULL, PRIMARY KEY (k1)", []string{"k1"}, uuids, ""},
	{"bytes", "k1 BYTEA NOT NULL, PRIMARY KEY (k1)", []string{"k1"}, []string{`'\x'`, `'\x00'`, `'\x0001'`, `'\x616263'`, `'\xff'`, `'\x275c'`}, "postgres"},
	{"binaries", "k1 VARBINARY(20) NOT NULL, PRIMARY KEY (k1)", []string{"k1"}, []string{"X''", "X'00'", "X'0001'", "X'616263'", "X'61'", "X'FF'", "X'275C'"}, "mysql mariadb sqlite"},
	{"blobs", "k1 BLOB NOT NULL PRIMARY KEY", []string{"k1"}, []string{"X'00'", "X'616263'", "X'FF'", "X'275C'"}, "sqlite"},
	{"anything", "k1 NOT NULL PRIMARY KEY", []string{"k1"}, []string{"5", "'5'", "X'35'", "5.5", "'text'", "-1"}, "sqlite"},
	{"dates", "k1 DATE NOT NULL, PRIMARY KEY (k1)", []string{"k1"}, []string{"'1999-12-31'", "'2000-01-01'", "'2024-02-29'", "'2026-11-21'"}, ""},
	{"timestamps", "k1 TIMESTAMP(6) NOT NULL, PRIMARY KEY (k1)", []string{"k1"},
		[]string{"'2020-01-01 00:00:00'", "'2020-01-01 00:00:00.000001'", "'2020-01-01 00:00:00.000002'", "'2020-01-01 00:00:00.1'", "'2021-06-15 12:30:00.123456'"}, ""},
	{"datetimes", "k1 DATETIME(6) NOT NULL, PRIMARY KEY (k1)", []string{"k1"},
		[]string{"'2020-01-01 00:00:00'", "'2020-01-01 00:00:00.000001'", "'2020-01-01 00:00:00.000002'", "'1000-01-01 00:00:00'", "'9999-12-31 23:59:59.999999'"}, "mysql mariadb sqlite"},
	{"times with zone", "k1 TIMESTAMPTZ NOT NULL, PRIMARY KEY (k1)", []string{"k1"},
		[]string{"'2020-01-01 00:00:00+02'", "'2020-01-01 00:00:00.000001Z'", "'infinity'", "'-infinity'", "'0044-03-15 BC'"}, "postgres"},
	{"booleans", "k1 BOOLEAN NOT NULL, PRIMARY KEY (k1)", []string{"k1"}, []string{"true", "false"}, ""},
	{"enums of MySQL", "k1 ENUM('z', 'a', 'm') NOT NULL, PRIMARY KEY (k1)", []string{"k1"}, []string{"'a'", "'m'", "'z'"}, "mysql mariadb"},
	{"bits", "k1 BIT(10) NOT NULL, PRIMARY KEY (k1)", []string{"k1"}, []string{"1", "2", "512", "1023", "97"}, "mysql mariadb"},
	{"addresses", "k1 INET NOT NULL, PRIMARY KEY (k1)", []string{"k1"}, []string{"'10.0.0.1'", "'9.0.0.1'", "'::1'", "'10.0.0.0/8'"}, "postgres"},
	{"numbers and text", "k1 INTEGER NOT NULL, k2 VARCHAR(20) NOT NULL, PRIMARY KEY (k1, k2)", []string{"k1", "k2"},
		[]string{"1, 'a'", "1, 'b'", "1, 'it''s'", "2, 'A'", "2, 'b'", "3, ''", "10, 'x'", "-1, 'y'"}, ""},
	{"text, date and flag", "k1 VARCHAR(20) NOT NULL, k2 DATE NOT NULL, k3 BOOLEAN NOT NULL, PRIMARY KEY (k1, k2, k3)", []string{"k1", "k2", "k3"},
		[]string{"'a', '2020-01-01', true", "'a', '2020-01-01', false", "'a', '2021-01-01', true", "'b', '2020-01-01', false", "'c', '1999-01-01', true"}, ""},
	{"enum and number", "k1 ENUM('z', 'a', 'm') NOT NULL, k2 INT NOT NULL, PRIMARY KEY (k1, k2)", []string{"k1", "k2"},
		[]string{"'z', 1", "'z', 2", "'a', 1", "'a', 3", "'m', -1", "'m', 5"}, "mysql mariadb"},
	{"a unique key", "k1 INTEGER NOT NULL, k2 VARCHAR(20) NOT NULL, PRIMARY KEY (k1), CONSTRAINT uq UNIQUE (k2)", []string{"k2"},
		[]string{"1, 'z'", "2, 'y'", "3, 'x'", "4, 'w'", "5, 'v'"}, ""},
	{"generated", "k1 INTEGER NOT NULL, k2 INTEGER GENERATED ALWAYS AS (k1 * 3) STORED NOT NULL, UNIQUE (k2)", []string{"k2"}, []string{"1", "5", "7", "-1"}, "sqlite postgres mysql"},
	{"dates of zeros", "k1 DATE NOT NULL, k2 DATETIME NOT NULL, PRIMARY KEY (k1, k2)", []string{"k1", "k2"},
		[]string{"'0000-00-00', '0000-00-00 00:00:00'", "'0000-00-00', '2020-01-01 10:00:00'", "'2021-01-01', '0000-00-00 00:00:00'", "'2022-01-01', '2020-01-01 10:00:00'"}, "mysql mariadb"},
	{"doubles of all digits", "k1 DOUBLE NOT NULL, PRIMARY KEY (k1)", []string{"k1"},
		[]string{"-1.7976931348623157e308", "-1.2345678901234567e-300", "-1.2345678901234565e-300", "0", "1.7976931348623157e308"}, "mysql mariadb"},
	{"odd names", `"select" INTEGER NOT NULL, "a b" VARCHAR(20) NOT NULL, PRIMARY KEY ("select", "a b")`, []string{"select", "a b"},
		[]string{"1, 'z'", "1, 'y'", "3, 'x'", "4, 'w'", "5, 'v'"}, "sqlite postgres"},
}

var uuids = []string{"'00000000-0000-0000-0000-000000000000'", "'6ba7b810-9dad-11d1-80b4-00c04fd430c8'", "'6ba7b811-9dad-11d1-80b4-00c04fd430c8'",
	"'c9bf9e57-1685-4c89-bafb-ff5af830be8a'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'", "'0a0b0c0d-1685-4c89-bafb-ff5af830be8a'"}

// Every row is changed, and changed once, whatever the key and wherever the
// batches are cut.
func TestKeys(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		t.Run(string(d), func(t *testing.T) {
			e := enginetest.New(t, d)
			r := runner(t, e)
			held := acquire(t, r)
			for _, c := range keyCases {
				if c.only != "" && !strings.Contains(" "+c.only+" ", " "+string(d)+" ") {
					continue
				}
				t.Run(c.name, func(t *testing.T) { testKey(t, e, held, d, c) })
			}
		})
	}
}

func testKey(t *testing.T, e enginetest.Database, held *run.Held, d flavor.Dialect, c keyCase) {
	e.Exec(t, "CREATE TABLE keyed (touched INTEGER NOT NULL DEFAULT 0, "+c.columns+")")
	defer e.Exec(t, "DROP TABLE keyed")
	columns := len(strings.Split(c.rows[0], ", "))
	names := make([]string, columns)
	for i := range names {
		names[i] = fmt.Sprintf("k%d", i+1)
	}
	if c.name == "odd names" {
		names = []string{`"select"`, `"a b"`}
	}
	into := "INSERT INTO"
	if d.MySQLFamily() {
		into = "INSERT IGNORE INTO" // dates that a strict server keeps from long ago
	}
	for _, row := range c.rows {
		e.Exec(t, into+" keyed ("+strings.Join(names, ", ")+") VALUES ("+row+")")
	}
	for _, size := range []int{1, 2, 3, 100} {
		e.Exec(t, "UPDATE keyed SET touched = 0")
		m := migration("SELECT 1 FROM keyed WHERE touched = 0", catalog.MigrationStep{Table: "keyed", Key: c.key,
			Set: map[string]schema.Text{"touched": {All: "touched + 1"}}, SetOrder: []string{"touched"}})
		rows, err := backfill.Run(t.Context(), held, m, backfill.Fixed(backfill.Options{Workers: size}, size))
		if err != nil || rows != int64(len(c.rows)) {
			t.Errorf("batches of %d: %d rows, error %v", size, rows, err)
		}
		equal(t, fmt.Sprintf("rows changed once in batches of %d", size), e.Strings(t, "SELECT count(*) FROM keyed WHERE touched = 1"), []string{fmt.Sprint(len(c.rows))})
	}
}

// A key that cannot cut the table is refused before anything is run, with what
// would do.
func TestBadKeys(t *testing.T) {
	tables := "CREATE TABLE good (id INTEGER NOT NULL PRIMARY KEY, a INTEGER, u INTEGER, n INTEGER NOT NULL, p INTEGER NOT NULL, b INTEGER%s)"
	cases := []struct {
		table, key string
		reason     string
	}{
		{"missing", "id", "there is no table missing"},
		{"good", "x", "there is no column x"},
		{"good", "a", "it is no primary or unique key"},
		{"good", "u", "the column u may be NULL"},
		{"good", "id n", "it is no primary or unique key"},
		{"looking", "id", "looking is a view, whose rows have no key: name the table that holds them"},
	}
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		e.Exec(t, fmt.Sprintf(tables, ", UNIQUE (u), UNIQUE (n, p)"))
		e.Exec(t, "CREATE VIEW looking AS SELECT id, b FROM good")
		held := acquire(t, runner(t, e))
		for _, c := range cases {
			m := migration("SELECT 1", catalog.MigrationStep{Table: c.table, Key: strings.Fields(c.key),
				Set: map[string]schema.Text{"b": {All: "1"}}, SetOrder: []string{"b"}})
			_, err := backfill.Run(t.Context(), held, m, backfill.Options{})
			var bad *backfill.BadKey
			if !errors.As(err, &bad) || bad.Reason != c.reason || bad.Step != 1 {
				t.Errorf("%s of %s: error %v", c.key, c.table, err)
			} else if c.table == "good" {
				equal(t, "usable", bad.Usable, []string{`["id"]`, `["n", "p"]`})
			}
		}
		if left := e.Strings(t, "SELECT count(*) FROM good"); left[0] != "0" {
			t.Errorf("%v rows", left)
		}
	})
}

// A key that reads as the one before it does is an error, not a batch that is
// done for ever.
func TestKeysThatReadTheSame(t *testing.T) {
	e := enginetest.New(t, flavor.Postgres)
	held := acquire(t, runner(t, e))
	if _, err := held.Session().ExecContext(t.Context(), "SET extra_float_digits = 0"); err != nil { // as a Go function might; with a limit no other session reads ahead
		t.Fatal(err)
	}
	e.Exec(t, "CREATE TABLE keyed (k DOUBLE PRECISION PRIMARY KEY, touched INTEGER NOT NULL DEFAULT 0)")
	e.Exec(t, "INSERT INTO keyed (k) VALUES (0), (0.1), (0.10000000000000002), (0.10000000000000003), (1)")
	m := migration("SELECT 1 FROM keyed WHERE touched = 0", catalog.MigrationStep{Table: "keyed", Key: []string{"k"},
		Set: map[string]schema.Text{"touched": {All: "touched + 1"}}, SetOrder: []string{"touched"}})
	_, err := backfill.Run(t.Context(), held, m, backfill.Fixed(backfill.Options{MaxRows: 1000}, 1))
	var bad *backfill.BadKey
	if !errors.As(err, &bad) || !bad.Begun || bad.Reason != "behind keyed: k = '0.1' the server has another key that reads the same" {
		t.Fatalf("error %v", err)
	}
	equal(t, "touched", e.Strings(t, "SELECT count(*) FROM keyed WHERE touched = 1"), []string{"2"})
}

// PostgreSQL tells capital letters in names.
func TestBadKeyByCase(t *testing.T) {
	e := enginetest.New(t, flavor.Postgres)
	fill(t, e, 1)
	m := copying()
	m.Steps[0].Key = []string{"ID"}
	_, err := backfill.Run(t.Context(), acquire(t, runner(t, e)), m, backfill.Options{})
	var bad *backfill.BadKey
	if !errors.As(err, &bad) || bad.Reason != "there is no column ID" {
		t.Fatalf("error %v", err)
	}
	equal(t, "usable", bad.Usable, []string{`["id"]`})
}

// Where a TIMESTAMP is, in a position, does not depend on the time zone of the
// session that goes on from it; a zone in which an hour comes twice is none to
// compare in.
func TestTimestampKeysInZones(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		if !d.MySQLFamily() {
			continue
		}
		t.Run(string(d), func(t *testing.T) {
			e := enginetest.New(t, d)
			held := acquire(t, runner(t, e))
			e.Exec(t, "CREATE TABLE keyed (k TIMESTAMP(6) NOT NULL PRIMARY KEY, touched INTEGER NOT NULL DEFAULT 0)")
			for i := range 6 {
				e.Exec(t, fmt.Sprintf("INSERT INTO keyed (k) VALUES ('2024-10-27 0%d:30:00.000001')", i))
			}
			m := migration("SELECT 1 FROM keyed WHERE touched = 0", catalog.MigrationStep{Table: "keyed", Key: []string{"k"},
				Set: map[string]schema.Text{"touched": {All: "touched + 1"}}, SetOrder: []string{"touched"}})
			for _, zone := range []string{"+00:00", "+05:00", "-08:00"} {
				if _, err := held.Session().ExecContext(t.Context(), "SET SESSION time_zone = '"+zone+"'"); err != nil {
					t.Fatal(err)
				}
				_, err := backfill.Run(t.Context(), held, m, backfill.Fixed(backfill.Options{MaxRows: 2}, 2))
				var halted *backfill.Halted
				if err != nil && !errors.As(err, &halted) {
					t.Fatal(err)
				}
			}
			equal(t, "touched", e.Strings(t, "SELECT count(*) FROM keyed WHERE touched = 1"), []string{"6"})
		})
	}
}

func TestShiftingZones(t *testing.T) {
	for zones, want := range map[[2]string]bool{
		{"SYSTEM", "UTC"}: false, {"+00:00", "CET"}: false, {"-08:00", "CET"}: false, {"UTC", "CET"}: false,
		{"SYSTEM", "CET"}: true, {"SYSTEM", "GMT"}: true, {"Europe/Berlin", "UTC"}: true, {"CET", "UTC"}: true,
	} {
		if got := backfill.Shifting(zones[0], zones[1]); got != want {
			t.Errorf("%v: %v", zones, got)
		}
	}
}
