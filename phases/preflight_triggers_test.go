package phases

import (
	"slices"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// TestWarnsOfTriggersLeftBehind: before a contraction removes a column that a
// trigger of somebody else names, it says so; of one that names others it does
// not.
func TestWarnsOfTriggersLeftBehind(t *testing.T) {
	own := map[flavor.Dialect][]string{
		flavor.Postgres: {"CREATE FUNCTION own() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.price := 1; RETURN NEW; END'", "CREATE FUNCTION other() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.cents := 1; RETURN NEW; END'",
			"CREATE TRIGGER own BEFORE INSERT ON goods FOR EACH ROW EXECUTE FUNCTION own()", "CREATE TRIGGER other BEFORE INSERT ON goods FOR EACH ROW EXECUTE FUNCTION other()"},
		flavor.MariaDB: {"CREATE TRIGGER own BEFORE INSERT ON goods FOR EACH ROW SET NEW.price = 1", "CREATE TRIGGER other BEFORE INSERT ON goods FOR EACH ROW SET NEW.cents = 1"},
	}
	own[flavor.MySQL] = own[flavor.MariaDB]
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if db.Dialect == flavor.SQLite {
			return // does not let such a column go
		}
		s := service(t, pricedTwice(t), db)
		must(t, s, "upgrade", "open01")
		must(t, s, "expand", "")
		for _, statement := range own[db.Dialect] {
			db.Exec(t, statement)
		}
		var said []string
		s.Events = func(e any) {
			if w, ok := e.(Warned); ok && strings.Contains(w.Text, "trigger") {
				said = append(said, w.Text)
			}
		}
		must(t, s, "contract", "")
		want := []string{"The trigger own of goods names goods.price, which art_contract01 removes: writes that call it may fail from then on. Change it before, or drop it."}
		if !slices.Equal(said, want) {
			t.Errorf("said %q", said)
		}
	})
}
