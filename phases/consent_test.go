package phases

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/engine/run"
)

// lossy is what contract takes away of the shop: rows, a column, a table, and in
// plain SQL the same again.
const lossy = `
[[up]]
delete_rows = { table = "goods", where = "kind = 'old'" }
[[up]]
delete_rows = { table = "goods", where = "kind = 'none'" }
[[up]]
drop_column = { table = "goods", name = "price" }
[[up]]
drop_table = { name = "owners" }`

// lossyPlain is the revision after it.
var lossyPlain = []string{"versions/art_contract02_note.sql", `-- revision: art_contract02
-- revises: art_contract01
-- branch: contract
-- +up
DELETE FROM goods WHERE id = 4;
DROP TABLE IF EXISTS nowhere;
ALTER TABLE goods DROP COLUMN note;
`}

// lossOf is a loss in short.
func lossOf(l plan.Loss) string {
	what := strings.Trim(l.Table+"."+l.Column+l.Enum+" "+l.Value, ". ")
	size := "?"
	if l.Counted {
		size = fmt.Sprint(l.Rows)
	}
	return fmt.Sprintf("%s %s %s %s", l.Step, l.Kind, what, size)
}

func lossesOf(all []plan.Loss) string {
	var texts []string
	for _, l := range all {
		texts = append(texts, lossOf(l))
	}
	return strings.Join(texts, "\n")
}

// fullShop is a shop that is ready for its contraction.
func fullShop(t *testing.T, db enginetest.Database, more ...string) *Service {
	t.Helper()
	s := service(t, priced(t, inCents, lossy, append(lossyPlain, more...)...), db)
	must(t, s, "upgrade", "open01")
	db.Exec(t, "INSERT INTO goods (id, kind, price) VALUES (1, 'old', '1'), (2, 'new', '2'), (3, 'new', NULL), (4, NULL, '4')")
	db.Exec(t, "UPDATE goods SET note = 'x' WHERE id IN (2, 3)")
	db.Exec(t, "INSERT INTO owners VALUES (1, 'a'), (2, 'b')")
	must(t, s, "expand", "")
	must(t, s, "migrate", "")
	return s
}

// confirming notes what is asked, and answers.
func confirming(s *Service, answer func(Removal) error) *[]Removal {
	asked := &[]Removal{}
	s.Confirm = func(_ context.Context, r Removal) error {
		*asked = append(*asked, r)
		if answer == nil {
			return nil
		}
		return answer(r)
	}
	return asked
}

const lossesOfShop = `art_contract01 rows goods 1
art_contract01 column goods.price 3
art_contract01 table owners 2
art_contract02 rows goods ?
art_contract02 column goods.note 2`

// Before contract, sync and upgrade remove columns, tables and rows, they say
// what and how much, and ask: with no for an answer nothing is changed.
func TestContractAsks(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := fullShop(t, db)
		no := errors.New("no")
		for _, name := range []string{"contract", "sync", "upgrade"} {
			asked := confirming(s, func(Removal) error {
				if lease := db.Strings(t, "SELECT holder FROM manage_lease"); lease[0] != "" {
					t.Errorf("while somebody thinks, the lease is %s's", lease[0])
				}
				return no
			})
			if _, err := command(s, name, ""); !errors.Is(err, no) || len(*asked) != 1 {
				t.Fatalf("%s: %v, asked %d times", name, err, len(*asked))
			}
			r := (*asked)[0]
			if got := lossesOf(r.Losses); got != lossesOfShop {
				t.Errorf("%s would lose\n%s\nwant\n%s", name, got, lossesOfShop)
			}
			if r.Command != name || r.Catalog != "shop" || r.Database != s.DB.String() || r.Again || len(r.Checks) != 1 || r.Checks[0].By != "art_migrate01" {
				t.Errorf("%s asks %+v", name, r)
			}
			if db.Dialect != flavor.SQLite && r.Losses[2].Bytes <= 0 {
				t.Errorf("the server does not say how large %s is", r.Losses[2].Table)
			}
		}
		at(t, s, revision.Migrated, "art_expand01")
		if n := db.Strings(t, "SELECT count(*) FROM goods"); n[0] != "4" {
			t.Errorf("%s rows are left", n[0])
		}

		p, err := s.Plan(t.Context(), "contract", Request{})
		if got := lossesOf(p.Losses); err != nil || got != lossesOfShop {
			t.Errorf("the plan marks\n%s\nwant\n%s\n%v", got, lossesOfShop, err)
		}
		asked := confirming(s, nil)
		must(t, s, "contract", "")
		if len(*asked) != 1 {
			t.Errorf("asked %d times", len(*asked))
		}
		at(t, s, revision.Current, "art_contract02")
		must(t, s, "contract", "")
		if len(*asked) != 1 {
			t.Error("asked although there was nothing to do")
		}
	})
}

// Where nothing that is there goes, nobody is asked: a new database, and steps
// that only add.
func TestNothingToAsk(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, priced(t, inCents, lossy, lossyPlain...), db)
		asked := confirming(s, nil)
		must(t, s, "sync", "")
		at(t, s, revision.Current, "art_contract02")
		if len(*asked) != 0 {
			t.Errorf("asked on a new database: %s", lossesOf((*asked)[0].Losses))
		}
	})
}

// A contract that waited for another process, or was overtaken by one while
// somebody thought, asks about what is to be removed now.
func TestContractAsksAgain(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s, other := fullShop(t, db), service(t, priced(t, inCents, lossy, lossyPlain...), db)
		overtaken := false
		asked := confirming(s, func(r Removal) error {
			if !overtaken {
				overtaken = true
				must(t, other, "contract", "art_contract01")
			}
			return nil
		})
		must(t, s, "contract", "")
		if len(*asked) != 2 || !(*asked)[1].Again {
			t.Fatalf("asked %+v", *asked)
		}
		if got, want := lossesOf((*asked)[1].Losses), "art_contract02 rows goods ?\nart_contract02 column goods.note 2"; got != want {
			t.Errorf("the second question is about\n%s\nwant\n%s", got, want)
		}
		at(t, s, revision.Current, "art_contract02")
	})
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s, other := fullShop(t, db), service(t, priced(t, inCents, lossy, lossyPlain...), db)
		held, goOn, done := make(chan bool), make(chan bool), make(chan error, 1)
		other.Faults = at1(run.AfterAcquire, func() { held <- true; <-goOn })
		go func() {
			_, err := other.Contract(context.Background(), Request{Version: "art_contract01"})
			done <- err
		}()
		<-held
		asked := confirming(s, nil)
		s.Events = func(e any) {
			if _, ok := e.(run.Waiting); ok && goOn != nil {
				close(goOn)
				goOn = nil
			}
		}
		must(t, s, "contract", "")
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if len(*asked) != 1 || len((*asked)[0].Losses) != 2 {
			t.Errorf("asked %+v", *asked)
		}
		at(t, s, revision.Current, "art_contract02")
	})
}

// at1 is a Faults that does something the first time that it comes to a place.
func at1(place run.Place, do func()) run.Faults {
	done := false
	return onPoint(func(p run.Point) error {
		if p.Place == place && !done {
			done = true
			do()
		}
		return nil
	})
}

type onPoint func(run.Point) error

func (f onPoint) At(p run.Point) error { return f(p) }

// Values of enumerations are lost too: of a type of its own on PostgreSQL, of a
// column on MySQL and MariaDB.
func TestLostEnumValues(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		if d == flavor.SQLite {
			continue // has none
		}
		t.Run(string(d), func(t *testing.T) {
			db := enginetest.New(t, d)
			kind := `type_on = { mysql = "enum(a, b, c)", mariadb = "enum(a, b, c)", postgres = "enum(a, b, c)" }, type_name = "mood"`
			drop := "[[up]]\ndrop_enum_value = { name = \"mood\", value = \"b\" }\n"
			want := "art_contract01 enum value mood b 1"
			if d != flavor.Postgres {
				drop = "[[up]]\nalter_column = { table = \"moods\", name = \"m\", type = \"enum(a, c)\", type_name = \"mood\" }\n"
				want = "art_contract01 enum value moods.m b 1"
			}
			s := service(t, priced(t, inCents, drop, "versions/art_expand02_moods.toml", `
revision = "art_expand02"
revises = "art_expand01"
[[up]]
create_enum = { name = "mood", values = ["a", "b", "c"] }
[[up]]
create_table = { name = "moods", columns = [ { name = "id", type = "integer", nullable = false }, { name = "m", type = "string(9)", `+kind+` } ], primary_key = ["id"] }`), db)
			must(t, s, "expand", "")
			db.Exec(t, "INSERT INTO moods VALUES (1, 'a'), (2, 'b')")
			p, err := s.Plan(t.Context(), "contract", Request{})
			if err != nil || lossesOf(p.Losses) != want {
				t.Errorf("the plan marks %q, want %q: %v", lossesOf(p.Losses), want, err)
			}
		})
	}
}

// A count that takes longer than somebody would wait is broken off; the server's
// own figure stands in its place.
func TestLossesAreNotCountedForLong(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, priced(t, inCents, lossy), db)
		must(t, s, "upgrade", "open01")
		for at := 0; at < 3000; at += 500 {
			var rows []string
			for i := at; i < at+500; i++ {
				rows = append(rows, fmt.Sprintf("(%d, 'x')", i))
			}
			db.Exec(t, "INSERT INTO goods (id, kind) VALUES "+strings.Join(rows, ", "))
		}
		if !db.Dialect.MySQLFamily() && db.Dialect != flavor.SQLite {
			db.Exec(t, "ANALYZE goods")
		}
		live, err := s.inspect(t.Context(), session(t, s))
		if err != nil {
			t.Fatal(err)
		}
		// Each row is compared with each pair of others.
		slow := plan.Loss{Kind: plan.LossRows, Table: "goods",
			Where: "EXISTS (SELECT 1 FROM goods a, goods b, goods c WHERE a.id + b.id + c.id + goods.id < 0)"}
		quick := plan.Loss{Kind: plan.LossColumn, Table: "goods", Column: "kind"}
		began := time.Now()
		all, err := s.sized(t.Context(), []plan.Loss{slow, quick}, live)
		if err != nil || len(all) != 2 {
			t.Fatalf("%+v: %v", all, err)
		}
		if took := time.Since(began); took > 3*countingOne {
			t.Errorf("counted for %s", took)
		}
		if all[0].Counted || all[0].TableRows < 1000 {
			t.Errorf("what takes long is %+v", all[0])
		}
		if !all[1].Counted || all[1].Rows != 3000 {
			t.Errorf("what does not is %+v", all[1])
		}
	})
}

// session is one for reading.
func session(t *testing.T, s *Service) database.Session {
	t.Helper()
	sess, err := s.DB.Reader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sess.Close() })
	return sess
}
