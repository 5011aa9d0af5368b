package backfill

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// plain quotes as standard SQL does.
type plain struct{}

func (plain) QuoteIdent(s string) string   { return `"` + s + `"` }
func (plain) QuoteLiteral(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func TestKeyRange(t *testing.T) {
	cases := []struct {
		name        string
		key         []string
		after, last []any
		want        string
	}{
		{"all", []string{"id"}, nil, nil, ""},
		{"number", []string{"id"}, []any{"n:7"}, []any{"n:12"}, `"id" > 7 AND "id" <= 12`},
		{"text", []string{"id"}, nil, []any{"s:it's"}, `"id" <= 'it''s'`},
		{"text with a colon", []string{"id"}, []any{"s:a:b"}, nil, `"id" > 'a:b'`},
		{"bytes", []string{"id"}, []any{"x:00ff"}, nil, `"id" > X'00ff'`},
		{"composite", []string{"a", "b"}, []any{"n:1", "s:x"}, []any{"n:3", "s:y"},
			`("a" >= 1 AND ("a" > 1 OR ("a" = 1 AND "b" > 'x'))) AND ("a" <= 3 AND ("a" < 3 OR ("a" = 3 AND "b" <= 'y')))`},
		{"three columns", []string{"a", "b", "c"}, []any{"n:1", "n:2", "n:3"}, nil,
			`("a" >= 1 AND ("a" > 1 OR ("a" = 1 AND ("b" > 2 OR ("b" = 2 AND "c" > 3)))))`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := KeyRange(plain{}, c.key, c.after, c.last); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestBatchSizeStaysInBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newSize(100e6)
		s.bound(rapid.Int64Range(0, 1e9).Draw(t, "table"), rapid.Bool().Draw(t, "alone"))
		for range rapid.IntRange(1, 50).Draw(t, "batches") {
			before := s.rows
			s.adapt(time.Duration(rapid.Int64Range(0, 1e12).Draw(t, "took")))
			if s.rows < s.least || s.rows > s.most {
				t.Fatalf("size %d is out of bounds", s.rows)
			}
			if s.rows > before+before/2+1 && s.rows > s.least {
				t.Fatalf("size grew from %d to %d at once", before, s.rows)
			}
		}
	})
}
