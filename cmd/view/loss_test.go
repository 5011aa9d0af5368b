package view

import (
	"strings"
	"testing"

	"manage/engine/plan"
	"manage/phases"
)

// What goes is told apart: whole tables and columns, and the values and rows of
// what stays; counted or not, and of what size.
func TestLossesInWords(t *testing.T) {
	for want, l := range map[string]plan.Loss{
		"table goods with 0 rows":                                                               {Kind: plan.LossTable, Table: "goods", Counted: true},
		"table goods with 1 row, about 48 KiB":                                                  {Kind: plan.LossTable, Table: "goods", Counted: true, Rows: 1, Bytes: 49152},
		"table goods (table of about 9000000 rows), about 2.1 GiB, not counted":                 {Kind: plan.LossTable, Table: "goods", TableRows: 9e6, Bytes: 2254857830},
		"table goods, not counted":                                                              {Kind: plan.LossTable, Table: "goods"},
		"table goods with 5 rows, and makes another of that name: what that keeps is not known": {Kind: plan.LossTable, Table: "goods", Counted: true, Rows: 5, Remade: true},
		"column goods.cents with 2 values":                                                      {Kind: plan.LossColumn, Table: "goods", Column: "cents", Counted: true, Rows: 2},
		"column goods.cents (table of about 7 rows), not counted":                               {Kind: plan.LossColumn, Table: "goods", Column: "cents", TableRows: 7},
		"3 rows of table nodes":                                                                 {Kind: plan.LossRows, Table: "nodes", Where: "release > 1", Counted: true, Rows: 3},
		"rows of table nodes, not counted":                                                      {Kind: plan.LossRows, Table: "nodes", Where: "release > 1"},
		"rows of table nodes (table of about 7 rows), by: DELETE FROM nodes WHERE a":            {Kind: plan.LossRows, Table: "nodes", TableRows: 7, SQL: "DELETE FROM nodes WHERE a"},
		"1 value of column goods.price":                                                         {Kind: plan.LossValues, Table: "goods", Column: "price", Where: "price > 9", Counted: true, Rows: 1},
		"value 'sad' of the type mood, which 1 row has":                                         {Kind: plan.LossEnumValue, Enum: "mood", Value: "sad", Counted: true, Rows: 1},
		"value 'sad' of the type mood, which 0 rows have":                                       {Kind: plan.LossEnumValue, Enum: "mood", Value: "sad", Counted: true},
		"value 'sad' of column guests.mood":                                                     {Kind: plan.LossEnumValue, Table: "guests", Column: "mood", Value: "sad"},
		"what this statement removes, which is not known: CALL tidy()":                          {Kind: plan.LossUnknown, SQL: "CALL tidy()"},
	} {
		if got := lost(l); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestRemoves(t *testing.T) {
	column := plan.Loss{Step: "one_contract01", Kind: plan.LossColumn, Table: "goods", Column: "price", Counted: true, Rows: 2}
	check := plan.RowCheck{What: "goods.cents with what one_migrate01 makes of price", File: "m.toml", Line: 3}
	sampled, skipped := check, check
	sampled.Sampled, skipped.Skipped = true, "its step says verify = false"
	effect := plan.SideEffect{Step: "one_contract01", Kind: "view", Name: "prices", Table: "goods", Column: "price", Does: "removes", Outcome: plan.Breaks}
	for name, c := range map[string]struct {
		r    phases.Removal
		want string
	}{
		"compared": {phases.Removal{Command: "contract", Losses: []plan.Loss{column}, Checks: []plan.RowCheck{check, sampled, skipped}, SideEffects: []plan.SideEffect{effect}},
			"Contract removes permanently:\n  column goods.price with 2 values (one_contract01)\n" +
				"  Rows are compared before: goods.cents with what one_migrate01 makes of price (m.toml:3).\n" +
				"  A sample of the rows is compared before: goods.cents with what one_migrate01 makes of price (m.toml:3).\n" +
				"  Not compared before: goods.cents with what one_migrate01 makes of price: its step says verify = false (m.toml:3).\n" +
				"  The view prices names goods.price, which one_contract01 removes: it may fail from then on. Change it before, or drop it.\n"},
		"compared by nobody": {phases.Removal{Command: "sync", Losses: []plan.Loss{column}},
			"Sync removes permanently:\n  column goods.price with 2 values (one_contract01)\n  No rows are compared before: nothing is known to have been made of what goes.\n"},
		"as was asked for": {phases.Removal{Command: "contract", Losses: []plan.Loss{column}, Skipped: true, Again: true},
			"The database has changed since the last question.\nContract removes permanently:\n  column goods.price with 2 values (one_contract01)\n  No rows are compared before, because of --verify-rows none.\n"},
		"begun": {phases.Removal{Command: "contract", Losses: []plan.Loss{column}, Begun: []string{"one_contract01"}},
			"Contract removes permanently:\n  column goods.price with 2 values (one_contract01)\n  The rows of one_contract01 were compared before it began.\n"},
		"a way back": {phases.Removal{Command: "downgrade", Revisions: []string{"two", "one"}, Losses: []plan.Loss{column}, NotUndone: []string{"two_migrate01"}},
			"Going back takes away two, one:\n  column goods.price with 2 values (one_contract01)\n  The rows that two_migrate01 moved stay as they are.\n"},
		"a way back without losses": {phases.Removal{Command: "downgrade", Revisions: []string{"one"}},
			"Going back takes away one:\n  no table and no column\n"},
	} {
		var b strings.Builder
		Removes(&b, c.r)
		if b.String() != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, b.String(), c.want)
		}
	}
}
