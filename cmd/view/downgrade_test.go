package view

import (
	"strings"
	"testing"

	"manage/phases"
)

// What a downgrade destroys is told apart: whole tables and columns, and the
// values and rows of what stays.
func TestDestroys(t *testing.T) {
	var b strings.Builder
	Destroys(&b, phases.WayBack{
		Revisions: []string{"two", "one"},
		Losses: []phases.Loss{
			{Revision: "two", Table: "goods", Column: "cents", Rows: 2},
			{Revision: "two", Table: "goods", Column: "price", Where: "price > 9", Rows: 1},
			{Revision: "one", Table: "nodes", Where: "release > 1", Rows: 3},
			{Revision: "one", Table: "goods", Rows: 0},
		},
		NotUndone: []string{"two_migrate01"},
	})
	want := `Going back takes away two, one:
  column goods.cents with 2 values (two)
  1 value of column goods.price (two)
  3 rows of table nodes (one)
  table goods with 0 rows (one)
  The rows that two_migrate01 moved stay as they are.
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	b.Reset()
	Destroys(&b, phases.WayBack{Revisions: []string{"one"}})
	if want := "Going back takes away one:\n  no table and no column\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}
