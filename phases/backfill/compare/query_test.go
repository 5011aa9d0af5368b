package compare

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/phases/backfill"
)

type plain struct{}

func (plain) QuoteIdent(s string) string   { return `"` + s + `"` }
func (plain) QuoteLiteral(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func TestQueries(t *testing.T) {
	one := plan.RowCheck{Table: "goods", Key: []string{"id"}, Agrees: "cents = price * 100", Columns: []string{"cents", "price"}}
	two := plan.RowCheck{Table: "stays", Key: []string{"room", "night"}, Where: "paid OR late", Agrees: "a IS b", Columns: []string{"a"}}
	for _, tt := range []struct{ name, got, want string }{
		{"counting", counting(plain{}, one, nil, []any{"n:9"}),
			`SELECT COUNT(*), COUNT(CASE WHEN (cents = price * 100) THEN NULL ELSE 1 END) FROM "goods" WHERE "id" <= 9`},
		{"counting some rows", counting(plain{}, two, []any{"n:1", "s:x"}, []any{"n:2", "s:y"}),
			`SELECT COUNT(*), COUNT(CASE WHEN (a IS b) THEN NULL ELSE 1 END) FROM "stays" WHERE ("room" >= 1 AND ("room" > 1 OR ("room" = 1 AND "night" > 'x')))` +
				` AND ("room" <= 2 AND ("room" < 2 OR ("room" = 2 AND "night" <= 'y'))) AND (paid OR late)`},
		{"for people", Query(plain{}, two),
			`SELECT "room", "night", "a" FROM "stays" WHERE (paid OR late) AND CASE WHEN (a IS b) THEN 0 ELSE 1 END = 1`},
	} {
		if tt.got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, tt.got, tt.want)
		}
	}
}

// The position of an interrupted comparison is of use to the same one, for a
// while.
func TestUsable(t *testing.T) {
	all := plan.RowCheck{Table: "goods", Key: []string{"id"}, Agrees: "cents = price * 100"}
	other, sample := all, all
	other.Agrees, sample.Sampled = "cents = price", true
	position, err := json.Marshal(place{Of: (&walk{check: all}).of(), After: []any{"n:9"}})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for _, tt := range []struct {
		name     string
		check    plan.RowCheck
		position string
		updated  time.Time
		want     bool
	}{
		{"the same", all, string(position), now, true},
		{"a while ago", all, string(position), now.Add(-Fresh / 2), true},
		{"long ago", all, string(position), now.Add(-Fresh), false},
		{"another rule", other, string(position), now, false},
		{"a sample", sample, string(position), now, false},
		{"no position", all, "", now, false},
	} {
		w := &walk{check: tt.check, span: backfill.Span{Table: "goods", Key: tt.check.Key}}
		if got, err := w.usable(ledger.Progress{Position: tt.position, Updated: tt.updated}); got != tt.want || err != nil {
			t.Errorf("%s: %v, %v", tt.name, got, err)
		}
	}
}

// A stored position that this package does not write is an error, which names
// its row: one with fewer differences than none would hide those that there are.
func TestGarbledPositions(t *testing.T) {
	check := plan.RowCheck{Table: "goods", Key: []string{"id"}, Agrees: "cents = price * 100"}
	w := &walk{check: check, span: backfill.Span{Table: "goods", Key: check.Key}}
	of := fmt.Sprintf(`{"of":%d,"ranges":1,"rows":5`, w.of())
	for _, position := range []string{
		"x", "{", "[]", "null{}", "{} {}", `{"of":-1}`, `{"of":"x"}`, `{"of":99999999999}`, `{"step":0}`,
		of + `,"differ":-3}`, of + `,"differ":6}`, of + `,"more":1}`, strings.Replace(of, "5", "-5", 1) + "}", strings.Replace(of, `"ranges":1`, `"ranges":-1`, 1) + "}",
		of + `,"keys":["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16","17","18","19","20","21"]}`,
		of + `,"after":["n:(select evil())"]}`, of + `,"after":["n:1","n:2"]}`, of + `,"after":[1]}`, of + `,"after":[["n:1"]]}`, of + `,"after":[null]}`,
		of + `,"after":["q:1"]}`, of + `,"after":["1"]}`, of + `,"after":["x:0g"]}`, of + `,"after":["t:123"]}`, of + `,"after":["u:1)"]}`, of + `,"after":[]}`,
	} {
		_, err := w.usable(ledger.Progress{Position: position, Updated: time.Now(), Row: "migration = 'rows of goods'"})
		var garbled *ledger.Garbled
		if !errors.As(err, &garbled) || !strings.Contains(err.Error(), "table manage_backfill, column position of the row where migration = 'rows of goods'") {
			t.Errorf("%s: %v", position, err)
		}
	}
	if usable, err := w.usable(ledger.Progress{Position: of + `,"after":["n:7"],"differ":2,"keys":["1","2"]}`, Updated: time.Now()}); !usable || err != nil {
		t.Errorf("what is right: %v, %v", usable, err)
	}
}

func TestShownKeys(t *testing.T) {
	for want, key := range map[string][]any{"7": {"n:7"}, "a:b": {"s:a:b"}, "(7, x)": {"n:7", "s:x"}} {
		if got := shown(key); got != want {
			t.Errorf("%v is shown as %q, want %q", key, got, want)
		}
	}
}

func TestDifferSays(t *testing.T) {
	e := &Differ{Check: plan.RowCheck{Table: "goods", Key: []string{"id"}, What: "goods.cents with what m makes of price"}, Rows: 9, Compared: 20, Keys: []string{"1", "2"}}
	want := "9 of 20 rows of goods differ, comparing goods.cents with what m makes of price: id 1, 2 and 7 more"
	if e.Error() != want {
		t.Errorf("got %q", e.Error())
	}
}
