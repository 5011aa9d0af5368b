package phases

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/engine/run"
	"manage/migrations/catalog"
	"manage/phases/backfill/compare"
)

// priced is a catalog whose data migration has one step, and whose contraction
// does what is said. Further files are names and texts in turn.
func priced(t testing.TB, step, contract string, more ...string) *catalog.Catalog {
	files := map[string]string{
		"catalog.toml": `name = "shop"`,
		"versions/open01_goods.toml": `
revision = "open01"
branch = "trunk"
[[up]]
create_table = { name = "goods", columns = [ { name = "id", type = "integer", nullable = false }, { name = "kind", type = "string(9)" }, { name = "price", type = "string(20)" }, { name = "note", type = "string(20)" } ], primary_key = ["id"] }
[[up]]
create_table = { name = "owners", columns = [ { name = "goods_id", type = "integer", nullable = false }, { name = "owner", type = "string(20)" } ], primary_key = ["goods_id"] }`,
		"versions/art_expand01_cents.toml": `
revision = "art_expand01"
revises = "open01"
[[up]]
add_column = { table = "goods", name = "cents", type = "integer" }
[[up]]
add_column = { table = "goods", name = "owner", type = "string(20)" }`,
		"versions/art_migrate01_cents.toml": `
migration = "art_migrate01"
depends_on = "art_expand01"
before = "art_contract01"
pending = "SELECT 1 FROM goods WHERE cents IS NULL AND price IS NOT NULL"
[[step]]
table = "goods"
key = ["id"]
` + step,
		"versions/art_contract01_price.toml": `
revision = "art_contract01"
revises = "open01"
` + contract,
	}
	for i := 0; i < len(more); i += 2 {
		files[more[i]] = more[i+1]
	}
	return loaded(t, files)
}

const (
	inCents     = "where = \"cents IS NULL\"\n[step.set]\ncents = { mysql = \"CAST(price AS SIGNED) * 100\", other = \"CAST(price AS INTEGER) * 100\" }"
	noPrice     = "[[up]]\ndrop_column = { table = \"goods\", name = \"price\" }"
	threeGoods  = "INSERT INTO goods (id, kind, price) VALUES (1, 'a', '1'), (2, 'b', '2'), (3, 'b', '3')"
	otherThings = "[[up]]\ndrop_column = { table = \"goods\", name = \"note\" }"
)

// TestRowChecksPlanned: what is compared follows from what is removed and from
// what the step says.
func TestRowChecksPlanned(t *testing.T) {
	lite := flavor.Default(flavor.SQLite)
	set := func(where, column, expr string) string {
		return fmt.Sprintf("where = %q\n[step.set]\n%s = %q", where, column, expr)
	}
	for name, tt := range map[string]struct{ step, contract, want string }{
		"the column that it reads":  {set("cents IS NULL", "cents", "price * 100"), noPrice, `all("price" IS NOT NULL): (("cents" COLLATE BINARY) IS ((price * 100)))`},
		"another column":            {set("cents IS NULL", "cents", "price * 100"), otherThings, ""},
		"nothing":                   {set("cents IS NULL", "cents", "price * 100"), "", ""},
		"a name in a string":        {set("cents IS NULL", "cents", "length('price')"), noPrice, ""},
		"the whole table":           {set("owner IS NULL", "owner", "(SELECT o.owner FROM owners o WHERE o.goods_id = goods.id)"), "[[up]]\ndrop_table = { name = \"owners\" }", `all: (((SELECT o.owner FROM owners o WHERE o.goods_id = goods.id)) IS NULL OR ("owner" COLLATE BINARY) IS`},
		"a column of another table": {set("owner IS NULL", "owner", "(SELECT o.owner FROM owners o WHERE o.goods_id = goods.id)"), "[[up]]\ndrop_column = { table = \"owners\", name = \"owner\" }", `all: (((SELECT`},
		"a column renamed":          {set("cents IS NULL", "cents", "price * 100"), "[[up]]\nrename_column = { table = \"goods\", from = \"price\", to = \"old_price\" }", `all("price" IS NOT NULL)`},
		"plain SQL":                 {set("cents IS NULL", "cents", "price * 100"), "[[up]]\nsql = { text = \"ALTER TABLE goods DROP COLUMN price\" }", `all("price" IS NOT NULL)`},
		"a table renamed":           {set("owner IS NULL", "owner", "(SELECT o.owner FROM owners o WHERE o.goods_id = goods.id)"), "[[up]]\nrename_table = { from = \"owners\", to = \"people\" }", `all: (((SELECT`},
		"renamed in plain SQL":      {set("cents IS NULL", "cents", "price * 100"), "[[up]]\nsql = { text = \"ALTER TABLE goods RENAME COLUMN price TO old_price\" }", `all("price" IS NOT NULL)`},
		"unknown plain SQL":         {set("cents IS NULL", "cents", "price * 100"), "[[up]]\nsql = { text = \"CALL forget(goods)\" }", `all("price" IS NOT NULL)`},
		"plain SQL elsewhere":       {set("cents IS NULL", "cents", "price * 100"), "[[up]]\nsql = { text = \"ALTER TABLE goods DROP COLUMN note\" }", ""},
		"some rows":                 {set("cents IS NULL AND kind = 'a'", "cents", "price * 100"), noPrice, `(kind = 'a') AND ("price" IS NOT NULL)`},
		"between":                   {set("id BETWEEN 1 AND 5 AND cents IS NULL", "cents", "price * 100"), noPrice, `(id BETWEEN 1 AND 5) AND ("price" IS NOT NULL)`},
		"unlike":                    {set("cents <> price * 100", "cents", "price * 100"), noPrice, `all("price" IS NOT NULL)`},
		"who knows":                 {set("cents IS NULL OR kind = 'a'", "cents", "price * 100"), noPrice, "skipped: its where does not tell"},
		"the time":                  {set("cents IS NULL", "cents", "CASE WHEN price = '1' THEN random() END"), noPrice, "skipped: random() gives"},
		"itself":                    {set("cents < 0", "cents", "coalesce(cents, price)"), noPrice, "skipped: the value of cents was made from cents"},
		"statements":                {"statements = [\"INSERT INTO owners SELECT id, price FROM goods WHERE {range}\"]", noPrice, "skipped: it runs statements"},
		"statements of other rows":  {"statements = [\"INSERT INTO owners SELECT id, kind FROM goods WHERE {range}\"]", noPrice, ""},
		"a rule":                    {"verify = \"cents >= price\"\n" + set("cents IS NULL", "cents", "price * 100"), noPrice, `all("price" IS NOT NULL): cents >= price`},
		"a rule for statements":     {"verify = \"price IS NULL OR id IN (SELECT goods_id FROM owners)\"\nstatements = [\"INSERT INTO owners SELECT id, price FROM goods WHERE {range}\"]", noPrice, "price IS NULL OR id IN"},
		"no rule":                   {"verify = false\n" + set("cents IS NULL", "cents", "price * 100"), noPrice, "skipped: its step says verify = false"},
		"set twice":                 {set("cents IS NULL", "cents", "price * 100") + "\n[[step]]\ntable = \"goods\"\nkey = [\"id\"]\n" + set("kind = 'b'", "cents", "7"), noPrice, "skipped: art_migrate01 sets cents too"},
	} {
		t.Run(name, func(t *testing.T) {
			s := Service{Catalog: priced(t, tt.step, tt.contract)}
			p, err := s.PlanOffline("contract", lite, []string{"art_expand01"}, Request{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range p.Steps[0].Checks {
				got = append(got, told(c))
			}
			if text := strings.Join(got, "\n"); (tt.want == "") != (text == "") || !strings.Contains(text, tt.want) {
				t.Errorf("compared: %s, want %s", text, tt.want)
			}
			none, err := s.PlanOffline("contract", lite, []string{"art_expand01"}, Request{VerifyRows: compare.None})
			if err != nil || len(none.Steps[0].Checks) > 0 {
				t.Errorf("with none: %v, %v", none.Steps[0].Checks, err)
			}
		})
	}
}

// TestRowChecksOfSeveralRevisions: rows are compared before the revision that
// takes the bridge off their table, else before the one that removes their old
// place, and no more once a bridge is gone.
func TestRowChecksOfSeveralRevisions(t *testing.T) {
	const bridge = "[[up]]\ndrop_trigger = { name = \"cents\", table = \"goods\", if_exists = true }"
	for name, tt := range map[string]struct {
		first   string
		applied []string
		want    string // how many comparisons come before each revision
	}{
		"with the bridge":     {bridge, []string{"art_expand01"}, "[1 0]"},
		"the bridge is gone":  {bridge, []string{"art_contract01"}, "[0]"},
		"without a bridge":    {otherThings, []string{"art_expand01"}, "[0 1]"},
		"none, and one to go": {otherThings, []string{"art_contract01"}, "[1]"},
	} {
		c := priced(t, inCents, tt.first, "versions/art_contract02_price.toml", "revision = \"art_contract02\"\nrevises = \"art_contract01\"\n"+noPrice)
		p, err := (&Service{Catalog: c}).PlanOffline("contract", flavor.Default(flavor.SQLite), tt.applied, Request{})
		if err != nil {
			t.Fatal(err)
		}
		var checks []int
		for _, step := range p.Steps {
			checks = append(checks, len(step.Checks))
		}
		if got := fmt.Sprint(checks); got != tt.want {
			t.Errorf("%s: %s comparisons, want %s", name, got, tt.want)
		}
	}
}

// told is what a comparison does, in a line.
func told(c plan.RowCheck) string {
	if c.Skipped != "" {
		return "skipped: " + c.Skipped
	}
	return "all" + c.Where + ": " + c.Agrees
}

// differs is the refusal of a contraction over rows that differ.
func differs(t *testing.T, err error) *compare.Differ {
	t.Helper()
	var e *compare.Differ
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want rows that differ", err)
	}
	return e
}

// contract runs it with a word for --verify-rows.
func contract(s *Service, rows string) error {
	_, err := s.Contract(context.Background(), Request{VerifyRows: rows})
	return err
}

// TestRowsAreComparedBeforeContract: rows whose new place does not hold what the
// old place says refuse the contraction, and nothing is removed.
func TestRowsAreComparedBeforeContract(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, priced(t, inCents, noPrice), db)
		must(t, s, "upgrade", "open01")
		db.Exec(t, threeGoods)
		must(t, s, "expand", "")
		must(t, s, "migrate", "")
		db.Exec(t, "UPDATE goods SET cents = 7 WHERE id > 1")
		db.Exec(t, "INSERT INTO goods (id, cents) VALUES (4, 400)") // the old place says nothing
		for _, way := range []string{"contract", "sync"} {
			_, err := command(s, way, "")
			e := differs(t, err)
			if e.Rows != 2 || e.Compared != 3 || strings.Join(e.Keys, " ") != "2 3" || e.Check.Line != 6 || !strings.HasSuffix(e.Check.File, "art_migrate01_cents.toml") {
				t.Errorf("%s: %+v", way, e)
			}
			if got := db.Strings(t, e.Query); strings.Join(got, " ") != "2 3" {
				t.Errorf("the query for them finds %v", got)
			}
		}
		at(t, s, revision.Migrated, "art_expand01")
		db.Exec(t, "UPDATE goods SET cents = 200 WHERE id = 2")
		if e := differs(t, contract(s, compare.Sample)); e.Rows != 1 || !e.Check.Sampled || !strings.Contains(e.Error(), "of a sample of ") {
			t.Errorf("of a sample: %+v", e)
		}
		if err := contract(s, compare.None); err != nil {
			t.Fatal(err)
		}
		at(t, s, revision.Current, "art_contract01")
	})
}

// TestComparisonGoesOn: an interrupted comparison goes on where it was, and one
// that came to its end is made anew.
func TestComparisonGoesOn(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := manyGoods(t, db)
		db.Exec(t, "UPDATE goods SET cents = 7 WHERE id IN (3, 3999)")

		death := errors.New("the process dies here")
		s.Faults = faults(func(p run.Point) error {
			if p.Place == run.AfterCommit && strings.HasPrefix(p.Step, "rows of ") {
				return death
			}
			return nil
		})
		if err := contract(s, ""); !errors.Is(err, death) {
			t.Fatalf("got %v", err)
		}
		s.Faults = nil
		db.Exec(t, "UPDATE goods SET cents = 300 WHERE id = 3") // behind the position: it was counted
		if e := differs(t, contract(s, "")); e.Rows != 2 || e.Compared != 4000 {
			t.Errorf("going on: %+v", e)
		}
		if e := differs(t, contract(s, "")); e.Rows != 1 || e.Keys[0] != "3999" {
			t.Errorf("anew: %+v", e)
		}
		db.Exec(t, "UPDATE goods SET cents = 399900 WHERE id = 3999")
		must(t, s, "contract", "")
		var open int
		for _, p := range progressOf(t, s) {
			if p.Finished == nil {
				open++
			}
		}
		if open > 0 {
			t.Errorf("%d positions are left open", open)
		}
	})
}

// TestComparedInSample: a sample is a part of the rows, its beginning among them,
// and of many rows that differ only some are named.
func TestComparedInSample(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := manyGoods(t, db)
		db.Exec(t, "UPDATE goods SET cents = 7 WHERE id = 3 OR id >= 3990")
		if e := differs(t, contract(s, "sample")); e.Rows != 1 || e.Compared >= 4000 || fmt.Sprint(e.Keys) != "[3]" {
			t.Errorf("a sample: %+v", e)
		}
		if e := differs(t, contract(s, "")); e.Rows != 11 || fmt.Sprint(e.Keys) != "[3 3990 3991 3992 3993]" {
			t.Errorf("all: %+v", e)
		}
	})
}

// progressOf is the positions that the books hold.
func progressOf(t *testing.T, s *Service) []ledger.Progress {
	t.Helper()
	sess, err := s.DB.Reader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer sess.Close()
	all, err := s.store(sess).Progress(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestPairsAreCompared: columns that sync_columns keeps equal are compared before
// the bridge goes. A mapping that loses something is no difference.
func TestPairsAreCompared(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, pricedTwice(t), db)
		must(t, s, "upgrade", "open01")
		db.Exec(t, "INSERT INTO goods (id, price) VALUES (1, 7)") // before the bridge: nobody filled it
		must(t, s, "expand", "")
		db.Exec(t, "INSERT INTO goods (id, price) VALUES (2, 8)")
		db.Exec(t, "INSERT INTO goods (id, cents) VALUES (3, 900), (4, NULL)")
		e := differs(t, contract(s, ""))
		if e.Rows != 1 || e.Compared != 4 || e.Keys[0] != "1" || e.Check.By != "art_expand01" {
			t.Errorf("%+v", e)
		}
		bridgeTriggers(t, db, "after the refusal", "cents_sync_insert", "cents_sync_update")
		db.Exec(t, "UPDATE goods SET cents = 700 WHERE id = 1")
		must(t, s, "contract", "")
		verified(t, s, "after contract")
	})
}

// TestNotComparedTwice: once a contraction has taken the bridge, the new release
// may write what the old place does not say. Going on is no reason to compare.
func TestNotComparedTwice(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if db.Flavor.TransactionalDDL() {
			t.Log("half a revision is never seen here; all the more is nothing compared in the middle of one")
		}
		s := service(t, pricedTwice(t), db)
		must(t, s, "upgrade", "open01")
		must(t, s, "expand", "")
		db.Exec(t, "INSERT INTO goods (id, price) VALUES (1, 7)")
		death, left := errors.New("the process dies here"), 2
		s.Faults = faults(func(p run.Point) error {
			if p.Step == "art_contract01" && p.Place == run.AfterStatement {
				if left--; left == 0 {
					return death
				}
			}
			return nil
		})
		if err := contract(s, ""); !errors.Is(err, death) {
			t.Fatalf("got %v", err)
		}
		s.Faults = nil
		db.Exec(t, "UPDATE goods SET cents = 5000 WHERE id = 1")
		must(t, s, "contract", "")
		verified(t, s, "after contract")
		if got := db.Strings(t, "SELECT cents FROM goods"); strings.Join(got, " ") != "5000" {
			t.Errorf("cents are %v", got)
		}
	})
}

// TestWhatIsNotCompared is said.
func TestWhatIsNotCompared(t *testing.T) {
	statements := "statements = [\"UPDATE goods SET cents = 7 WHERE {range} AND cents IS NULL AND price IS NOT NULL\"]"
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, priced(t, statements, noPrice), db)
		must(t, s, "upgrade", "open01")
		db.Exec(t, threeGoods)
		var said []NotCompared
		s.Events = func(e any) {
			if n, ok := e.(NotCompared); ok {
				said = append(said, n)
			}
		}
		must(t, s, "sync", "")
		if len(said) != 1 || said[0].Step != "art_contract01" || !strings.Contains(said[0].Check.Skipped, "statements") {
			t.Errorf("said %+v", said)
		}
	})
}

// What a program or a Go function moved cannot be compared, and that is said if
// something is removed.
func TestWhatOthersMovedIsNotCompared(t *testing.T) {
	for kind, want := range map[string]string{"program]\ncommand = [\"sh\"]": "a program", "hook]\nname = \"move\"": "a Go function"} {
		for contract, said := range map[string]int{noPrice: 1, "[[up]]\nadd_index = { table = \"goods\", name = \"kinds\", columns = [\"kind\"] }": 0} {
			c := loaded(t, map[string]string{
				"catalog.toml":                 "name = \"shop\"",
				"versions/open01_goods.toml":   "revision = \"open01\"\nbranch = \"trunk\"\n[[up]]\ncreate_table = { name = \"goods\", columns = [ { name = \"id\", type = \"integer\", nullable = false }, { name = \"kind\", type = \"string(9)\" }, { name = \"price\", type = \"string(20)\" } ], primary_key = [\"id\"] }",
				"versions/art_expand01.toml":   "revision = \"art_expand01\"\nrevises = \"open01\"\n[[up]]\nadd_column = { table = \"goods\", name = \"cents\", type = \"integer\" }",
				"versions/art_migrate01.toml":  "migration = \"art_migrate01\"\ndepends_on = \"art_expand01\"\nbefore = \"art_contract01\"\n[" + kind,
				"versions/art_contract01.toml": "revision = \"art_contract01\"\nrevises = \"open01\"\ndepends_on = [\"art_expand01\", \"art_migrate01\"]\n" + contract,
			})
			s := &Service{Catalog: c}
			p, err := s.PlanOffline("contract", flavor.Default(flavor.SQLite), []string{"art_expand01"}, Request{})
			if err != nil {
				t.Fatal(err)
			}
			checks := p.Steps[len(p.Steps)-1].Checks
			if len(checks) != said || said > 0 && !strings.Contains(checks[0].Skipped, want) {
				t.Errorf("%s, %s: %v", kind, contract, checks)
			}
		}
	}
}

// TestValuesAreComparedAsStored: what the server makes of a value when it is
// stored is no difference.
func TestValuesAreComparedAsStored(t *testing.T) {
	columns := map[string][2]string{ // type, expression
		"whole":    {"integer", "amount * 1.5"},
		"exact":    {"numeric(6,1)", "amount / 3.0"},
		"inexact":  {"float(24)", "amount / 3.0"},
		"doubled":  {"double", "amount / 3.0"},
		"words":    {"string(20)", "concat('No ', name)"},
		"padded":   {"char(9)", "name"},
		"yes":      {"boolean", "amount > 1"},
		"lengthy":  {"text", "name"},
		"moment":   {"datetime", "seen"},
		"day":      {"date", "seen"},
		"document": {"json", "told"},
		"one":      {"enum(a, b)", "name"},
		"letters":  {"binary", "name"},
	}
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		for column, c := range columns {
			t.Run(column, func(t *testing.T) {
				db := enginetest.New(t, db.Dialect)
				typ, expr := c[0], c[1]
				if db.Dialect == flavor.SQLite {
					expr = strings.Replace(expr, "concat('No ', name)", "'No ' || name", 1)
				}
				if db.Dialect == flavor.Postgres {
					expr = map[string]string{"one": "CAST(name AS one_type)", "letters": "CAST(name AS bytea)"}[column]
					if expr == "" {
						expr = c[1]
					}
				}
				s := service(t, storing(t, column, typ, expr), db)
				must(t, s, "upgrade", "open01")
				db.Exec(t, "INSERT INTO things (id, amount, name, seen, told) VALUES (1, 1, 'a', '2026-01-02 03:04:05', '{\"a\": 1}'), (2, 5, 'b', NULL, NULL), (3, NULL, NULL, '2026-01-02 23:59:59', '[1,  2]')")
				must(t, s, "sync", "")
			})
		}
	})
}

// storing is a catalog that moves an expression into a column of a type.
func storing(t *testing.T, column, typ, expr string) *catalog.Catalog {
	drop := ""
	for _, name := range []string{"amount", "name", "seen", "told"} {
		drop += fmt.Sprintf("[[up]]\ndrop_column = { table = \"things\", name = %q }\n", name)
	}
	return loaded(t, map[string]string{
		"catalog.toml": `name = "store"`,
		"versions/open01_things.toml": `
revision = "open01"
branch = "trunk"
[[up]]
create_table = { name = "things", columns = [ { name = "id", type = "integer", nullable = false }, { name = "amount", type = "integer" }, { name = "name", type = "string(20)" }, { name = "seen", type = "datetime" }, { name = "told", type = "json" } ], primary_key = ["id"] }`,
		"versions/art_expand01_place.toml": fmt.Sprintf(`
revision = "art_expand01"
revises = "open01"
[[up]]
create_enum = { name = "one_type", values = ["a", "b"] }
[[up]]
add_column = { table = "things", name = %q, type = %q, type_name = %q }`, column, typ, map[bool]string{true: "one_type"}[column == "one"]),
		"versions/art_migrate01_place.toml": fmt.Sprintf(`
migration = "art_migrate01"
depends_on = "art_expand01"
before = "art_contract01"
pending = "SELECT 1 FROM things WHERE %[1]s IS NULL AND (%[2]s) IS NOT NULL"
[[step]]
table = "things"
key = ["id"]
where = "%[1]s IS NULL"
[step.set]
%[1]s = """%[2]s"""`, column, expr),
		"versions/art_contract01_things.toml": "revision = \"art_contract01\"\nrevises = \"open01\"\n" + drop,
	})
}
