package compare

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"manage/engine/ledger"
	"manage/engine/plan"
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
		w := &walk{check: tt.check}
		if got := w.usable(ledger.Progress{Position: tt.position, Updated: tt.updated}); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
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
